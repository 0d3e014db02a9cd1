import { request } from 'node:http';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningProxy, startProxy } from './_service.ts';
import { startFakeTracking } from './_tracking.ts';

const MIB = 1024 * 1024;
const RUN = '0123456789abcdef0123456789abcdef';
const CUSTOM = 'f'.repeat(32);
const MODEL = `m-${RUN}`;
const FILES = (model: string) => `/ajax-api/2.0/mlflow/logged-models/${model}/artifacts/files`;
const UPLOAD = '/ajax-api/2.0/mlflow/upload-artifact';

let tracking: Awaited<ReturnType<typeof startFakeTracking>>;
let proxy: RunningProxy;
beforeAll(async () => {
  tracking = await startFakeTracking({
    runs: {
      [RUN]: { experimentId: '7', path: `7/${RUN}/artifacts` },
      [CUSTOM]: { experimentId: '8', path: `team/place/${CUSTOM}/artifacts` },
    },
    models: { [MODEL]: { experimentId: '7', path: `7/models/${MODEL}/artifacts` } },
  });
  proxy = await startProxy({ TRACKING_GRPC: tracking.address });
  await proxy.put(`7/${RUN}/artifacts/notes.txt`, 'hello');
  await proxy.put(`7/${RUN}/artifacts/plots/größe 1.png`, 'png');
  await proxy.put(`7/models/${MODEL}/artifacts/MLmodel`, 'flavors:');
  await proxy.put('7/secret', 'secret');
});
afterAll(async () => {
  await proxy?.close();
  await tracking?.close();
});

const ask = (path: string, query: Record<string, string>, init: RequestInit = {}) =>
  fetch(`${proxy.root}${path}?${new URLSearchParams(query)}`, init);
const fails = async (answer: Promise<Response>, status: number, error_code: string, message: string) => {
  const { status: given, body } = { status: (await answer).status, body: await (await answer).json() };
  expect([given, body]).toEqual([status, expect.objectContaining({ error_code, message })]);
};
const invalid = (answer: Promise<Response>, message: string) => fails(answer, 400, 'INVALID_PARAMETER_VALUE', message);

describe('an artifact of a run', () => {
  const get = (query: Record<string, string>, init?: RequestInit) => ask('/get-artifact', query, init);

  it('comes with its type, its length, and the word to save it', async () => {
    const answer = await get({ run_id: RUN, path: 'notes.txt' });
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/plain',
      'content-disposition': 'attachment; filename=notes.txt',
      'content-length': '5',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-cache',
      'accept-ranges': 'bytes',
      etag: expect.any(String),
      'last-modified': expect.any(String),
    });
    expect(await answer.text()).toBe('hello');
    const plot = await get({ run_uuid: RUN, path: 'plots/größe 1.png' });
    expect(plot.headers.get('content-type')).toBe('image/png');
    expect(plot.headers.get('content-disposition')).toContain("filename*=UTF-8''gr%C3%B6%C3%9Fe%201.png");
    expect(tracking.actors).toContain('anonymous');
  });

  it('comes in ranges, not at all where it is known, and without bytes to HEAD', async () => {
    const part = await get({ run_id: RUN, path: 'notes.txt' }, { headers: { range: 'bytes=1-2' } });
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 1-2/5', 'el']);
    const head = await get({ run_id: RUN, path: 'notes.txt' }, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '5', '']);
    const known = { 'if-none-match': head.headers.get('etag') ?? '' };
    const again = await proxy.raw('GET', `/get-artifact?run_id=${RUN}&path=notes.txt`, '', known);
    expect(again.status).toBe(304);
  });

  it('is found below a location of its own', async () => {
    await proxy.put(`team/place/${CUSTOM}/artifacts/a`, 'there');
    expect(await (await get({ run_id: CUSTOM, path: 'a' })).text()).toBe('there');
  });

  it('is told from a missing one, a directory, and one of an unknown run', async () => {
    await fails(
      get({ run_id: RUN, path: 'nope' }),
      404,
      'RESOURCE_DOES_NOT_EXIST',
      `No such artifact: '7/${RUN}/artifacts/nope'`,
    );
    for (const path of ['plots', 'plots/'])
      await invalid(
        get({ run_id: RUN, path }),
        `Artifact path refers to a directory, not a file: '7/${RUN}/artifacts/plots'`,
      );
    await fails(get({ run_id: 'other', path: 'a' }), 404, 'RESOURCE_DOES_NOT_EXIST', 'other not found');
  });

  it('needs a run and a path that stays below it, which is looked at first', async () => {
    const needs = (name: string) =>
      `Missing value for required parameter '${name}'. See the API docs for more information about request parameters.`;
    await invalid(get({ run_id: RUN }), needs('path'));
    await invalid(get({ path: 'a' }), needs('run_id'));
    for (const path of ['../secret', '../../secret', '/etc/passwd', '%2e%2e/secret', 'a/../../secret', 'a#b', 'C:/x'])
      await invalid(get({ run_id: 'other', path }), 'Invalid path');
  });

  it('is at one path, for GET', async () => {
    expect((await ask('/ajax-api/2.0/mlflow/get-artifact', { run_id: RUN, path: 'notes.txt' })).status).toBe(404);
    const answer = await get({ run_id: RUN, path: 'notes.txt' }, { method: 'POST' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'HEAD, GET, OPTIONS']);
  });
});

describe('an artifact of a logged model', () => {
  it('comes as one of a run does, to the browser only', async () => {
    const query = { artifact_file_path: 'MLmodel' };
    const answer = await ask(FILES(MODEL), query);
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
      200,
      'text/plain',
      'flavors:',
    ]);
    expect((await ask(FILES(MODEL).replace('/ajax-api', '/api'), query)).status).toBe(404);
  });

  it('needs a path, and a model', async () => {
    const message = 'Request must include the "artifact_file_path" query parameter.';
    await fails(ask(FILES(MODEL), {}), 400, 'BAD_REQUEST', message);
    await fails(ask(FILES('m-x'), { artifact_file_path: '' }), 400, 'BAD_REQUEST', message);
    await invalid(ask(FILES('m-x'), { artifact_file_path: '../x' }), 'Invalid path');
    await fails(ask(FILES('m-x'), { artifact_file_path: 'x' }), 404, 'RESOURCE_DOES_NOT_EXIST', 'm-x not found');
  });
});

describe('an upload to a run', () => {
  const upload = (query: Record<string, string>, body: RequestInit['body'] = 'data') =>
    ask(UPLOAD, query, { method: 'POST', body, duplex: 'half' } as RequestInit);
  const to = (path: string, run_uuid = RUN) => ({ run_uuid, path });
  const stored = async (path: string) => (await proxy.get(`7/${RUN}/artifacts/${path}`)).text();
  const chunks = (...sizes: number[]) =>
    Readable.toWeb(Readable.from(sizes.map((size) => Buffer.alloc(size, 'x')))) as ReadableStream;

  it('is stored below its artifacts, and answered by nothing', async () => {
    const answer = await upload(to('up/ä b.json'), '{"a":1}');
    expect([answer.status, await answer.text()]).toEqual([200, '']);
    expect(await stored('up/ä b.json')).toBe('{"a":1}');
    expect((await upload(to('up/b', CUSTOM), 'custom')).status).toBe(200);
    expect(await (await proxy.get(`team/place/${CUSTOM}/artifacts/up/b`)).text()).toBe('custom');
  });

  it('may have 10 MiB, of announced or unknown length, and not a byte more', async () => {
    expect((await upload(to('up/max'), Buffer.alloc(10 * MIB))).status).toBe(200);
    expect((await upload(to('up/chunks'), chunks(5 * MIB, 5 * MIB))).status).toBe(200);
    expect((await stored('up/chunks')).length).toBe(10 * MIB);
    const message = 'Artifact size is too large. Max size is 10MB.';
    await invalid(upload(to('up/more'), Buffer.alloc(10 * MIB + 1)), message);
    expect(await uploadInChunks('up/more', 11)).toMatchObject({ error_code: 'INVALID_PARAMETER_VALUE', message });
    expect((await proxy.get(`7/${RUN}/artifacts/up/more`)).status).toBe(404);
  });

  /** With an eye on the answer while sending: `fetch` would only say that it could not send everything. */
  const uploadInChunks = (path: string, mib: number) =>
    new Promise<unknown>((resolve, reject) => {
      const query = new URLSearchParams(to(path));
      const sent = request({ port: proxy.port, path: `${UPLOAD}?${query}`, method: 'POST', agent: false }, (res) => {
        res.setEncoding('utf8');
        let text = '';
        res.on('data', (data: string) => {
          text += data;
        });
        res.on('end', () => resolve(JSON.parse(text)));
      });
      sent.on('error', reject);
      for (let i = 0; i < mib; i++) sent.write(Buffer.alloc(MIB));
      sent.end();
    });

  it('says what is missing, in this order', async () => {
    await invalid(upload({ run_id: RUN, path: '../a' }, ''), 'Request must specify run_uuid.');
    await invalid(upload({ run_uuid: 'other' }, ''), 'Request must specify path.');
    await invalid(upload(to('../a', 'other'), ''), 'Invalid path');
    await invalid(
      upload(to('a', 'other'), Buffer.alloc(10 * MIB + 1)),
      'Artifact size is too large. Max size is 10MB.',
    );
    await invalid(upload(to('a', 'other'), ''), 'Request must specify data.');
    await invalid(upload(to('a'), chunks()), 'Request must specify data.');
    await fails(upload(to('a', 'other')), 404, 'RESOURCE_DOES_NOT_EXIST', 'other not found');
    expect((await proxy.get(`7/${RUN}/artifacts/a`)).status).toBe(404);
  });

  it('is for the browser only, by POST', async () => {
    expect((await ask(UPLOAD.replace('/ajax-api', '/api'), to('a'), { method: 'POST', body: 'x' })).status).toBe(404);
    expect((await ask(UPLOAD, to('a'), { method: 'PUT', body: 'x' })).status).toBe(405);
  });
});
