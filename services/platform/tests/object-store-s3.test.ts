import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { ObjectStore } from '../src/object-store/object-store.ts';
import { openObjectStore } from '../src/object-store/open-object-store.ts';

const MIB = 1024 * 1024;
const unavailable = { code: 'TEMPORARILY_UNAVAILABLE', httpStatus: 503 };
const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

function storeAt(endpoint: string): ObjectStore {
  const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
  const store = openObjectStore({
    provider: 's3',
    endpoint,
    region: 'us-east-1',
    bucket: 'bucket',
    credentials,
    forcePathStyle: true,
  });
  closers.push(() => store.close());
  return store;
}

/** A store in front of a server that answers as the test says: faults that a healthy S3 does not show. */
async function storeBehind(listener: RequestListener): Promise<ObjectStore> {
  const server: Server = createServer(listener).listen(0, '127.0.0.1');
  closers.push(() => server.close().closeAllConnections());
  await once(server, 'listening');
  return storeAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

const put = (store: ObjectStore) => store.put('a', Readable.from([Buffer.from('x')]));

describe('an S3 store that fails', () => {
  it('asks callers to come again when nobody answers there', async () => {
    const store = storeAt('http://127.0.0.1:9');
    const calls = [() => put(store), () => store.get('a'), () => store.stat('a'), () => store.list('')];
    for (const call of [...calls, () => store.delete('a'), () => store.deleteTree('a')])
      await expect(call()).rejects.toMatchObject(unavailable);
  });

  it('tries four times when told to slow down, small uploads too, then asks callers to come again', async () => {
    let requests = 0;
    const store = await storeBehind((req, res) => {
      requests += 1;
      req.resume().on('end', () => res.writeHead(503).end('<Error><Code>SlowDown</Code></Error>'));
    });
    await expect(put(store)).rejects.toMatchObject(unavailable);
    expect(requests).toBe(4);
  });

  it('does not blame the caller for our wrong credentials', async () => {
    const store = await storeBehind((req, res) => {
      req.resume();
      res.writeHead(403).end('<Error><Code>InvalidAccessKeyId</Code></Error>');
    });
    await expect(put(store)).rejects.toMatchObject(unavailable);
    await expect(store.get('a')).rejects.toMatchObject(unavailable);
  });

  it('names the bucket and the place when it is not ready', async () => {
    const statuses = [404, 403];
    const store = await storeBehind((_req, res) => res.writeHead(statuses.shift() ?? 500).end());
    const message = (text: string) => ({ ...unavailable, message: expect.stringMatching(text) });
    await expect(store.check()).rejects.toMatchObject(message("^The bucket 'bucket' at http://.* does not exist$"));
    await expect(store.check()).rejects.toMatchObject(message('credentials are wrong or have no access'));
    await expect(storeAt('http://127.0.0.1:9').check()).rejects.toMatchObject(message('ECONNREFUSED'));
  });

  it('stops reading an upload that the store does not take', async () => {
    let produced = 0;
    async function* hundredMegabytes() {
      for (; produced < 100; produced += 1) yield Buffer.alloc(MIB);
    }
    const abort = new AbortController();
    const store = await storeBehind((req) => req.pause());
    const putting = store.put('a', Readable.from(hundredMegabytes()), { signal: abort.signal });
    const settled = expect(putting).rejects.toMatchObject({ name: 'AbortError' });
    for (let before = -1; produced > before; await sleep(300)) before = produced;
    expect(produced).toBeGreaterThan(8);
    expect(produced).toBeLessThan(32);
    abort.abort();
    closers.splice(0).forEach((close) => {
      close();
    });
    await settled;
  });

  it('does not pass a cut-off download for a whole one', async () => {
    const store = await storeBehind((_req, res) => {
      res.writeHead(200, { 'content-length': 10, etag: '"e"' }).write('half!');
      setImmediate(() => res.destroy());
    });
    const body = await store.get('a');
    const reading = async () => {
      for await (const _ of body?.stream ?? []);
    };
    await expect(reading()).rejects.toThrow();
  });
});
