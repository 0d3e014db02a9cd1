import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LimitExceededError, PermissionDeniedError, UnavailableError } from '@millrace/platform/errors';
import { echo, type Sample, startSample } from './_sample-service.ts';

const ECHO = '/api/2.0/sample/echo';

describe('REST', () => {
  let sample: Sample;
  beforeAll(async () => {
    sample = await startSample();
  });
  afterAll(() => sample?.lifecycle.close());

  const message = async (verb: string, path: string, body: unknown) => {
    const { status, json } = await sample.rest(verb, path, { body });
    return { status, ...(json() as { error_code: string; message: string }) };
  };
  const invalid = (text: string | RegExp) => ({
    status: 400,
    error_code: 'INVALID_PARAMETER_VALUE',
    message: expect.stringMatching(text) as unknown,
  });

  it.each(['/api/2.0', '/ajax-api/2.0', '//api/2.0', 'http://elsewhere.example/api/2.0'])(
    'answers below %s',
    async (prefix) => {
      const answer = await sample.rest('POST', `${prefix}/sample/echo`, {
        body: { text: 'ü', maybe_big: '9007199254740993' },
      });
      expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } });
      expect(answer.json()).toMatchObject({ text: 'ü' });
      expect(answer.text).toContain('"maybe_big":9007199254740993,');
    },
  );

  it('fills a field from the path, over body and query', async () => {
    const path = '/api/2.0/sample/items/m-%C3%BC';
    const body = { id: 'other', loud: true };
    expect((await sample.rest('PATCH', path, { body })).json()).toEqual({ id: 'M-Ü', value: 0 });
    expect((await sample.rest('GET', `${path}?id=other&value=2`)).json()).toEqual({ id: 'm-ü', value: 2 });
  });

  it('takes the body of any verb but POST and PUT whatever its content type', async () => {
    const sent = { body: { loud: true }, headers: { 'content-type': 'text/plain' } };
    expect((await sample.rest('DELETE', '/api/2.0/sample/items/a?loud=false', sent)).json()).toMatchObject({ id: 'A' });
    expect((await sample.rest('PATCH', '/api/2.0/sample/items/a', sent)).json()).toMatchObject({ id: 'A' });
    expect((await sample.rest('POST', ECHO, sent)).text).toContain("Content-Type must be one of ['application/json'].");
    const untyped = await sample.rest('POST', ECHO);
    expect(untyped.text).toContain('Content-Type header is missing');
    const charset = { body: { text: 'a' }, headers: { 'content-type': 'application/json; charset=utf-8' } };
    expect((await sample.rest('POST', ECHO, charset)).json()).toMatchObject({ text: 'a' });
  });

  it('reads the body of a GET only when there is no query', async () => {
    const sent = { body: { text: 'body' } };
    expect((await sample.rest('GET', '/api/2.0/sample/guarded', sent)).json()).toMatchObject({ text: 'body' });
    expect((await sample.rest('GET', '/api/2.0/sample/guarded?flag=True', sent)).json()).toMatchObject({
      text: '',
      flag: true,
    });
  });

  it.each(['', 'null', 'no JSON', '"no JSON either"', '{"text":'])(
    'takes the body %j for an empty one',
    async (body) => {
      const answer = await sample.rest('POST', ECHO, { body });
      expect(answer).toMatchObject({ status: 200 });
      expect(answer.json()).toMatchObject({ text: '' });
    },
  );

  it('takes JSON that is wrapped in a JSON string', async () => {
    const body = JSON.stringify(JSON.stringify({ text: 'twice' }));
    expect((await sample.rest('POST', ECHO, { body })).json()).toMatchObject({ text: 'twice' });
  });

  it('refuses what is no JSON object, or no text at all', async () => {
    expect(await message('POST', ECHO, [])).toMatchObject(invalid('must be a JSON object'));
    expect(await message('POST', ECHO, Buffer.from('{"text":"\xff"}', 'latin1'))).toMatchObject(invalid('UTF-8'));
    expect(await message('POST', ECHO, gzipSync('{"text":"a"}'))).toMatchObject(invalid('UTF-8'));
    expect(await message('POST', ECHO, { text: '\0' })).toMatchObject(invalid(`parameter 'text'`));
    expect(await message('PATCH', '/api/2.0/sample/items/a%00', {})).toMatchObject(invalid(`parameter 'id'`));
    expect(await message('GET', '/api/2.0/sample/guarded?text=%00', undefined)).toMatchObject(invalid(`'text'`));
  });

  const nested = (depth: number, open: string, close: string) => open.repeat(depth) + close.repeat(depth);
  it.each([
    ['arrays', nested(10_000, '[', ']')],
    ['arrays in an unknown field', `{"nonsense":${nested(101, '[', ']')}}`],
    ['arrays that no field takes', `{"text":${nested(10_000, '[', ']')}}`],
    ['messages', `${nested(101, '{"inner":', '}').replace('}', '{}}')}`],
    ['arrays beside text with brackets', `{"text":"]]]]\\"]]]","free":${nested(101, '[', ']')}}`],
    ['arrays in a JSON string', JSON.stringify(nested(101, '[', ']'))],
  ])('refuses deeply nested %s', async (_name, body) => {
    expect(await message('POST', ECHO, body)).toMatchObject(invalid('nested more than 100 levels deep'));
  });

  it('does not mistake brackets in text for depth', async () => {
    const text = '[{"\\'.repeat(500);
    expect((await sample.rest('POST', ECHO, { body: { text } })).json()).toMatchObject({ text });
    const body = nested(90, '{"inner":', '}').replace('}', '{}}');
    expect((await sample.rest('POST', ECHO, { body })).status).toBe(200);
  });

  it('refuses a body that is too large, and closes the connection', async () => {
    const body = JSON.stringify({ text: 'x'.repeat(5_000_000) });
    const declared = await sample.rest('POST', ECHO, { body });
    const chunked = await sample.rest('POST', ECHO, { body, headers: { 'transfer-encoding': 'chunked' } });
    for (const { status, headers, json } of [declared, chunked]) {
      expect({ status, ...(json() as object) }).toMatchObject(invalid('Request body must be at most 200000 bytes'));
      expect(headers.connection).toBe('close');
    }
  });

  it('asks to come again while other large requests fill the memory for bodies', async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const waiting = async () => {
      await gate;
      return {};
    };
    const busy = await startSample({ maxBodyBytes: 40 * 2 ** 20, handlers: { echo: waiting } });
    const text = 'x'.repeat(30 * 2 ** 20);
    const large = () => busy.rest('POST', ECHO, { body: { text } });
    const answers = [large(), large(), large()];
    const first = await Promise.race(answers);
    expect(first).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    expect(first.json()).toMatchObject({ error_code: 'TEMPORARILY_UNAVAILABLE' });
    open();
    expect((await Promise.all(answers)).map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 200, 503]);
    expect((await large()).status).toBe(200);
    await busy.lifecycle.close();
  });

  it('answers a client that sends all of its too large body before it reads', async () => {
    const socket = connect(sample.httpPort, '127.0.0.1').pause();
    const body = Buffer.alloc(30_000_000, 'x');
    socket.write(`POST ${ECHO} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n`);
    socket.write(`content-length: ${body.length}\r\n\r\n`);
    await new Promise<void>((done, fail) => socket.write(body, (error) => (error ? fail(error) : done())));
    const received: Buffer[] = [];
    for await (const chunk of socket) received.push(chunk as Buffer);
    expect(Buffer.concat(received).toString()).toContain('Request body must be at most 200000 bytes');
  });

  it('puts a body together from pieces of any size', async () => {
    const text = 'aü'.repeat(300);
    const pieces = [...Buffer.from(JSON.stringify({ text }))].map((byte) => Buffer.from([byte]));
    const socket = connect(sample.httpPort, '127.0.0.1');
    socket.write(`POST ${ECHO} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n`);
    socket.write('transfer-encoding: chunked\r\nconnection: close\r\n\r\n');
    for (const piece of pieces) socket.write(Buffer.concat([Buffer.from('1\r\n'), piece, Buffer.from('\r\n')]));
    socket.write('0\r\n\r\n');
    const received: Buffer[] = [];
    for await (const chunk of socket) received.push(chunk as Buffer);
    expect(Buffer.concat(received).toString()).toContain(JSON.stringify(text));
  });

  it.each([
    ['HEAD', '/api/2.0/sample/guarded?text=a', 200],
    ['GET', '/api/2.0/sample/guarded/', 404],
    ['GET', '/api/2.0/sample/items/', 404],
    ['GET', '/api/2.0/sample/items/a/b', 404],
    ['GET', '/api/2.0/sample/items/%FF', 404],
    ['GET', '/api/3.0/sample/guarded', 404],
    ['POST', '/api/3.0/sample/guarded', 404],
    ['GET', '/api/2.0/preview/sample/guarded', 404],
    ['GET', '///api/2.0/sample/guarded', 404],
    ['GET', '/', 404],
    ['GET', '/%FF', 404],
    ['TRACE', '/api/2.0/sample/guarded', 405],
    ['PUT', '/api/2.0/sample/guarded', 405],
    ['HEAD', ECHO, 405],
    ['POST', '/api/2.0/sample/items/a', 405],
    ['OPTIONS', '/nowhere', 404],
  ])('answers %s %s with %i', async (verb, path, status) => {
    const answer = await sample.rest(verb, path);
    expect(answer.status).toBe(status);
    if (status !== 200 && verb !== 'HEAD') expect(answer.json()).toMatchObject({ error_code: 'ENDPOINT_NOT_FOUND' });
    else expect(answer.text).toBe('');
  });

  it('says which verbs a path takes', async () => {
    const wrong = await sample.rest('PUT', '/api/2.0/sample/items/a', { body: {} });
    expect(wrong).toMatchObject({ status: 405, headers: { allow: 'HEAD, GET, PATCH, DELETE, OPTIONS' } });
    expect(wrong.json()).toMatchObject({
      message: 'No endpoint PUT /api/2.0/sample/items/a. This path takes HEAD, GET, PATCH, DELETE.',
    });
    expect(await sample.rest('OPTIONS', ECHO)).toMatchObject({
      status: 204,
      text: '',
      headers: { allow: 'POST, OPTIONS' },
    });
  });
});

describe('a failing handler', () => {
  const failing = (thrown: unknown) =>
    startSample({
      handlers: {
        echo: async () => {
          throw thrown;
        },
      },
    });
  const post = async (thrown: unknown) => {
    const sample = await failing(thrown);
    const answer = await sample.rest('POST', ECHO, { body: {} });
    await sample.lifecycle.close();
    return { ...answer, logged: sample.logged };
  };

  it('tells nothing to the caller and everything to the log', async () => {
    const answer = await post(new Error('secret'));
    expect(answer.status).toBe(500);
    expect(answer.json()).toEqual({
      error_code: 'INTERNAL_ERROR',
      message: 'Internal error',
      sqlstate: 'XXM00',
      error_class: 'CLIENT_INTERNAL_ERROR',
    });
    expect(answer.logged).toMatchObject([
      { err: { message: 'secret' }, requestId: answer.headers['x-request-id'], method: 'POST', path: ECHO },
    ]);
  });

  it('says when to come back where that helps', async () => {
    expect(await post(new LimitExceededError('slow down', { retryAfterSeconds: 2.5 }))).toMatchObject({
      status: 429,
      headers: { 'retry-after': '3' },
      logged: [],
    });
    expect(await post(new UnavailableError('later'))).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    expect((await post(new PermissionDeniedError('no'))).headers['retry-after']).toBeUndefined();
  });

  it('is unavailable, and not to blame on the caller, when the database is away', async () => {
    const lost = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' });
    const answer = await post(lost);
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    expect(answer.json()).toMatchObject({ error_code: 'TEMPORARILY_UNAVAILABLE' });
    expect(answer.text).not.toContain('5432');
  });
});

describe('permissions', () => {
  it('are asked before the handler runs, for the resource in the path', async () => {
    const needs: unknown[] = [];
    let handled = 0;
    const sample = await startSample({
      authorize: (need) => {
        needs.push(need);
        throw new PermissionDeniedError('Permission denied');
      },
      handlers: {
        findItem: async (request, context) => {
          handled++;
          return echo.findItem(request, context);
        },
      },
    });
    const answer = await sample.rest('DELETE', '/api/2.0/sample/items/7', { body: { id: '8' } });
    await expect(sample.grpc.findItem({ id: '9' })).rejects.toThrow('Permission denied');
    await sample.lifecycle.close();
    expect(answer).toMatchObject({ status: 403 });
    expect(needs).toMatchObject([{ on: 'EXPERIMENT', id: '7' }, { id: '9' }]);
    expect(handled).toBe(0);
  });
});
