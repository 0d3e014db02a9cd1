import { fail } from 'node:assert';
import { once } from 'node:events';
import { create, toBinary } from '@bufbuild/protobuf';
import {
  Client,
  credentials,
  logVerbosity,
  makeGenericClientConstructor,
  type ServiceError,
  setLogVerbosity,
  status,
} from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { grpcClient } from '@millrace/platform/contract/grpc-client';
import { startGrpc } from '@millrace/platform/contract/grpc-server';
import {
  AlreadyExistsError,
  type AppError,
  fromCode,
  InvalidParameterError,
  LimitExceededError,
  NotFoundError,
  UnavailableError,
} from '@millrace/platform/errors';
import { EverythingSchema, SampleService } from '@millrace/proto/test/sample/v1/sample';
import { service as healthService } from 'grpc-health-check';
import { pino } from 'pino';
import { type echo, type Sample, startSample } from './_sample-service.ts';

type HealthClient = {
  check(request: { service: string }, done: (error: unknown, answer: unknown) => void): void;
  watch(request: { service: string }): NodeJS.ReadableStream & { cancel(): void };
  close(): void;
};

function healthClient({ grpcPort }: Sample): HealthClient {
  const Health = makeGenericClientConstructor(healthService, 'Health');
  return new Health(`127.0.0.1:${grpcPort}`, credentials.createInsecure()) as unknown as HealthClient;
}

const ECHO = '/api/2.0/sample/echo';

/** A promise and the function that keeps it. */
function promised<T = void>() {
  let keep: (value: T) => void = () => {};
  const promise = new Promise<T>((done) => {
    keep = done;
  });
  return { promise, keep };
}

const thrownBy = (call: Promise<unknown>): Promise<AppError> =>
  call.then(
    () => fail('it answered'),
    (error) => error,
  );

describe('gRPC', () => {
  let sample: Sample;
  beforeAll(async () => {
    sample = await startSample();
  });
  afterAll(() => sample?.lifecycle.close());

  it('answers from the same handlers as REST', async () => {
    const answer = await sample.grpc.echo({
      text: 'ü',
      big: 2n ** 60n,
      free: { a: [1] },
      items: [{ id: 'a', value: 1 }],
    });
    expect(answer).toMatchObject({ text: 'ü', big: 2n ** 60n, free: { a: [1] }, items: [{ id: 'a', value: 1 }] });
  });

  it.each([
    ['a missing field', { items: [{ value: 1 }] }, { items: [{ value: 1 }] }],
    ['too many items', { few: ['', '', '', ''] }, { few: ['', '', '', ''] }],
    ['too large a map', { labels: { a: '', b: '', c: '' } }, { labels: { a: '', b: '', c: '' } }],
    ['a NUL', { inner: { names: ['', '\0'] } }, { inner: { names: ['', '\0'] } }],
    ['a NUL in a map', { labels: { a: '\0' } }, { labels: { a: '\0' } }],
    ['a NUL in a key', { labels: { '\0': 'a' } }, { labels: { '\0': 'a' } }],
    ['a NUL in a struct', { free: { a: ['\0'] } }, { free: { a: ['\0'] } }],
  ])('refuses %s in the words of REST', async (_name, message, body) => {
    const rest = await sample.rest('POST', ECHO, { body });
    const error = await thrownBy(sample.grpc.echo(message));
    expect(error).toBeInstanceOf(InvalidParameterError);
    expect(rest).toMatchObject({ status: 400 });
    expect(rest.json()).toEqual(error.toJSON());
  });

  it('knows the service’s health while it runs', async () => {
    const health = healthClient(sample);
    const check = (name: string) =>
      new Promise((done) =>
        health.check({ service: name }, (error: unknown, answer: unknown) => done(error ?? answer)),
      );
    expect(await check('')).toMatchObject({ status: 'SERVING' });
    expect(await check('sample.v1.SampleService')).toMatchObject({ status: 'SERVING' });
    expect(await check('nowhere')).toMatchObject({ code: status.NOT_FOUND });
    health.close();
  });

  it('is not healthy once it is told to stop', async () => {
    const stopping = await startSample();
    const health = healthClient(stopping);
    const watch = health.watch({ service: '' });
    watch.on('error', () => {});
    expect(await once(watch, 'data')).toMatchObject([{ status: 'SERVING' }]);
    const closed = stopping.lifecycle.close();
    expect(await once(watch, 'data')).toMatchObject([{ status: 'NOT_SERVING' }]);
    watch.cancel();
    await closed;
    health.close();
  });

  it('says in one sentence that its port is taken', async () => {
    setLogVerbosity(logVerbosity.NONE); // the library prints its own version of it
    const options = {
      host: '127.0.0.1',
      identify: () => fail(),
      lifecycle: sample.lifecycle,
      log: pino({ level: 'silent' }),
    };
    await expect(startGrpc([], { ...options, port: sample.grpcPort })).rejects.toThrow(
      `Cannot listen on 127.0.0.1:${sample.grpcPort}: another program already uses it.`,
    );
  });
});

describe('a caller', () => {
  const on = (handler: (typeof echo)['echo']) => startSample({ handlers: { echo: handler } });

  it.each([
    new NotFoundError('No run with id=„x“ found'),
    new AlreadyExistsError('there'),
    new LimitExceededError('slow down', { retryAfterSeconds: 7 }),
    fromCode('DATA_LOSS', 'gone'),
    fromCode('CUSTOMER_UNAUTHORIZED', 'who?'),
  ])('gets back what the handler threw: %s', async (thrown) => {
    const sample = await on(async () => {
      throw thrown;
    });
    const error = await thrownBy(sample.grpc.echo({}));
    await sample.lifecycle.close();
    expect(error).toBeInstanceOf(thrown.constructor);
    expect(error.toJSON()).toEqual(thrown.toJSON());
    expect(error.retryAfterSeconds).toBe(thrown.retryAfterSeconds);
  });

  it('learns nothing of an unexpected failure, but the log does', async () => {
    const sample = await on(async () => {
      throw new TypeError('secret');
    });
    const error = await thrownBy(sample.grpc.echo({}));
    await sample.lifecycle.close();
    expect(error).toMatchObject({ code: 'INTERNAL_ERROR', message: 'Internal error' });
    expect(sample.logged).toMatchObject([{ err: { message: 'secret' }, path: '/sample.v1.SampleService/Echo' }]);
  });

  it('tries again while the service is unavailable, twice', async () => {
    let calls = 0;
    const sample = await on(async (request) => {
      calls++;
      if (calls < 3 || calls > 3) throw new UnavailableError('not yet');
      return request;
    });
    expect(await sample.grpc.echo({ text: 'third time' })).toMatchObject({ text: 'third time' });
    const error = await thrownBy(sample.grpc.echo({}));
    await sample.lifecycle.close();
    expect(error).toEqual(new UnavailableError('not yet'));
    expect(calls).toBe(6);
  });

  it('does not try again what will not get better', async () => {
    let calls = 0;
    const sample = await on(async () => {
      calls++;
      throw new NotFoundError('no');
    });
    await thrownBy(sample.grpc.echo({}));
    await sample.lifecycle.close();
    expect(calls).toBe(1);
  });

  it('is told to come back when the service is not there', async () => {
    const gone = await startSample();
    await gone.lifecycle.close();
    const client = grpcClient(SampleService, `127.0.0.1:${gone.grpcPort}`, { deadlineMs: 5_000 });
    expect(await thrownBy(client.echo({}))).toMatchObject({ code: 'TEMPORARILY_UNAVAILABLE', retryAfterSeconds: 1 });
    client.close();
  });

  it('is never blamed for an error that no handler of ours made', async () => {
    const sample = await startSample();
    const client = grpcClient(SampleService, `127.0.0.1:${sample.grpcPort}`, {
      deadlineMs: 5_000,
      maxMessageBytes: 10,
    });
    expect(await thrownBy(client.echo({ text: 'longer than ten bytes' }))).toMatchObject({ code: 'INTERNAL_ERROR' });
    client.close();
    await sample.lifecycle.close();
  });

  it('has its deadline and its hanging up passed on to the handler', async () => {
    const aborted = [promised(), promised()];
    const started = promised();
    let calls = 0;
    const sample = await on(async (request, { signal }) => {
      const { keep } = aborted[calls++] ?? fail();
      started.keep();
      signal.addEventListener('abort', () => keep());
      await new Promise((done) => signal.addEventListener('abort', done));
      return request;
    });
    const impatient = grpcClient(SampleService, `127.0.0.1:${sample.grpcPort}`, { deadlineMs: 100 });
    expect(await thrownBy(impatient.echo({}))).toMatchObject({ code: 'DEADLINE_EXCEEDED', httpStatus: 504 });
    await aborted[0]?.promise;
    const abort = new AbortController();
    const call = thrownBy(sample.grpc.echo({}, { actor: 'ada', workspace: 'w', signal: abort.signal }));
    while (calls < 2) await new Promise((done) => setTimeout(done, 5));
    abort.abort();
    expect(await call).toMatchObject({ code: 'CANCELLED' });
    await aborted[1]?.promise;
    impatient.close();
    await sample.lifecycle.close();
  });

  it('is known to the handler by what the calling service says, over gRPC only', async () => {
    const seen: unknown[] = [];
    const sample = await on(async (request, { actor, workspace, requestId }) => {
      seen.push({ actor, workspace, requestId });
      return request;
    });
    const headers = { 'x-millrace-actor': 'root', 'x-millrace-workspace': 'all', 'x-request-id': 'r-1' };
    await sample.grpc.echo({}, { actor: 'Müller', workspace: 'équipe', requestId: 'r-2' });
    await sample.grpc.echo({});
    await sample.rest('POST', ECHO, { body: {}, headers });
    await sample.lifecycle.close();
    expect(seen).toEqual([
      { actor: 'Müller', workspace: 'équipe', requestId: 'r-2' },
      { actor: 'anonymous', workspace: 'default', requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      { actor: 'anonymous', workspace: 'default', requestId: 'r-1' },
    ]);
  });

  it('that sends no message of ours is refused without harm', async () => {
    const sample = await startSample();
    const raw = new Client(`127.0.0.1:${sample.grpcPort}`, credentials.createInsecure());
    const call = (bytes: Buffer) =>
      new Promise<ServiceError | null>((done) =>
        raw.makeUnaryRequest(
          '/sample.v1.SampleService/Echo',
          (b: Buffer) => b,
          (b) => b,
          bytes,
          done,
        ),
      );
    expect(await call(Buffer.from([255, 255, 255]))).toMatchObject({ code: status.INTERNAL });
    expect(await call(Buffer.from(toBinary(EverythingSchema, create(EverythingSchema))))).toBeNull();
    raw.close();
    await sample.lifecycle.close();
  });
});
