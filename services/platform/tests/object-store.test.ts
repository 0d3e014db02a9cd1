import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ObjectStore, RangeNotSatisfiable } from '../src/object-store/object-store.ts';
import { openObjectStore } from '../src/object-store/open-object-store.ts';
import { describeWith } from '../testing/describe-with.ts';
import { multipartConformance } from './_multipart-conformance.ts';
import { folderStore, type OpenStore, s3Store, secondS3Store } from './_object-stores.ts';

const MIB = 1024 * 1024;

describe('the folder object store', () => conformance(folderStore));
describeWith('s3', 'the S3 object store', () => conformance(s3Store));
describeWith('s3-second', 'the S3 object store on another server', () => conformance(secondS3Store));

/** What callers may rely on, whichever store is configured. */
function conformance(open: () => Promise<OpenStore>): void {
  let store: ObjectStore;
  let opened: OpenStore;

  beforeAll(async () => {
    opened = await open();
    store = opened.store;
  });
  afterAll(async () => {
    await opened?.[Symbol.asyncDispose]();
  });

  const put = (key: string, content: string) => store.put(key, Readable.from([Buffer.from(content)]));
  const read = async (key: string) => {
    const body = await store.get(key);
    return body && (await buffer(body.stream)).toString();
  };
  const names = async (dir: string) => (await store.list(dir)).entries.map(({ name }) => name);

  it('is ready', async () => {
    await expect(store.check()).resolves.toBeUndefined();
  });

  it('gives back what was put, with its size, tag and time', async () => {
    const before = Date.now();
    const stored = await put('basic/a.txt', 'hello');
    const body = await store.get('basic/a.txt');
    expect(await buffer(body?.stream ?? Readable.from([]))).toEqual(Buffer.from('hello'));
    expect(body).toMatchObject({ sizeBytes: 5, totalBytes: 5, etag: stored.etag });
    expect(stored.sizeBytes).toBe(5);
    expect(stored.etag).toMatch(/^".+"$/);
    expect(Math.abs((body?.modifiedAt.getTime() ?? 0) - before)).toBeLessThan(60_000);
    expect(await store.stat('basic/a.txt')).toEqual({
      totalBytes: 5,
      etag: stored.etag,
      modifiedAt: body?.modifiedAt,
    });
  });

  it('says the SHA-256 of what was stored, whether it went in one piece or in parts', async () => {
    for (const bytes of [Buffer.from('hello'), Buffer.alloc(9 * MIB, 7), Buffer.alloc(16 * MIB, 8)]) {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      for (const sizeBytes of [bytes.length, undefined]) {
        const stored = await store.put('hashed', Readable.from([bytes]), { sizeBytes, digest: true });
        expect(stored).toMatchObject({ sha256, sizeBytes: bytes.length });
        expect(await store.stat('hashed')).toMatchObject({ etag: stored.etag, totalBytes: bytes.length });
      }
    }
  });

  it('refuses a body that is longer than the most it may be', async () => {
    const putting = store.put('bounded', Readable.from([Buffer.alloc(MIB), Buffer.alloc(1)]), { maxBytes: MIB });
    await expect(putting).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' });
    expect(await store.get('bounded')).toBeUndefined();
  });

  it('replaces an object and changes its tag', async () => {
    const first = await put('replaced', 'old');
    const second = await put('replaced', 'new');
    expect(await read('replaced')).toBe('new');
    expect(second.etag).not.toBe(first.etag);
  });

  it.each([
    'keys/with space.txt',
    'keys/a&b=c.txt',
    'keys/a+b.txt',
    'keys/100%.txt',
    'keys/%41%2F.txt',
    'keys/größe 模型 🚀.bin',
    'keys/...',
    'keys/a..b.txt',
    'keys/quote\'"<>|*?;#.txt',
  ])('keeps the key %j as it is', async (key) => {
    await put(key, key);
    expect(await read(key)).toBe(key);
    expect(await names('keys')).toContain(key.slice('keys/'.length));
    expect(await store.delete(key)).toBe(true);
    expect(await read(key)).toBeUndefined();
  });

  it.each(['', '/', '/etc/passwd', 'a//b', 'a/', './a', 'a/../../b', '..', 'a\0b'])(
    'refuses the key %j',
    async (key) => {
      await expect(put(key, 'x')).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' });
      await expect(Promise.resolve().then(() => store.get(key))).rejects.toMatchObject({
        code: 'INVALID_PARAMETER_VALUE',
      });
    },
  );

  it('refuses a key that is too long', async () => {
    await expect(put(`long/${'x'.repeat(1100)}`, 'x')).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' });
  });

  it('stores an empty object', async () => {
    expect(await store.put('empty', Readable.from([]), { sizeBytes: 0 })).toMatchObject({ sizeBytes: 0 });
    expect(await read('empty')).toBe('');
    expect(await store.stat('empty')).toMatchObject({ totalBytes: 0 });
  });

  it('says nothing of objects that are not there, nor of directories', async () => {
    await put('there/file', 'x');
    for (const key of ['missing', 'there', 'there/missing', 'there/file/below']) {
      expect(await store.get(key)).toBeUndefined();
      expect(await store.stat(key)).toBeUndefined();
      expect(await store.delete(key)).toBe(false);
    }
  });

  it('reads ranges', async () => {
    await put('ranged', '0123456789');
    const range = async (first: number, last: number) => {
      const body = await store.get('ranged', { range: { first, last } });
      return [(await buffer(body?.stream ?? Readable.from([]))).toString(), body?.sizeBytes, body?.totalBytes];
    };
    expect(await range(2, 4)).toEqual(['234', 3, 10]);
    expect(await range(7, Number.POSITIVE_INFINITY)).toEqual(['789', 3, 10]);
    expect(await range(9, 50)).toEqual(['9', 1, 10]);
    expect(await range(0, 0)).toEqual(['0', 1, 10]);
    await expect(store.get('ranged', { range: { first: 10, last: 12 } })).rejects.toThrow(RangeNotSatisfiable);
  });

  it('streams 20 MB of unknown length there and back', async () => {
    async function* chunks() {
      for (let i = 0; i < 20; i += 1) yield Buffer.alloc(MIB, i);
    }
    expect(await store.put('big', Readable.from(chunks()))).toMatchObject({ sizeBytes: 20 * MIB });
    const body = await store.get('big');
    expect(body?.totalBytes).toBe(20 * MIB);
    const hash = createHash('sha256');
    for await (const part of body?.stream ?? []) hash.update(part);
    const expected = createHash('sha256');
    for await (const part of chunks()) expected.update(part);
    expect(hash.digest('hex')).toBe(expected.digest('hex'));
  });

  it.each([1, 12])('shows nothing of an upload whose sender hangs up after %i MB', async (sent) => {
    const body = new PassThrough();
    const putting = store.put('hung/up', body, { sizeBytes: 30 * MIB });
    const settled = expect(putting).rejects.toThrow('hung up');
    for (let i = 0; i < sent; i += 1)
      if (!body.write(Buffer.alloc(MIB))) await new Promise((drained) => body.once('drain', drained));
    body.destroy(new Error('hung up'));
    await settled;
    expect(await store.get('hung/up')).toBeUndefined();
    expect(await names('hung')).toEqual([]);
    expect(await opened.leftovers()).toEqual([]);
  });

  it('keeps the old bytes when a new upload is given up', async () => {
    await put('kept', 'old');
    const abort = new AbortController();
    const body = new PassThrough();
    body.write('new');
    const putting = store.put('kept', body, { signal: abort.signal });
    abort.abort();
    await expect(putting).rejects.toMatchObject({ name: 'AbortError' });
    expect(body.destroyed).toBe(false); // a request can still be answered
    expect(await read('kept')).toBe('old');
  });

  it('refuses a body that is shorter or longer than announced', async () => {
    for (const sizeBytes of [2, 4]) {
      const putting = store.put('sized', Readable.from([Buffer.from('abc')]), { sizeBytes });
      await expect(putting).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' });
    }
    expect(await store.get('sized')).toBeUndefined();
  });

  it('stops reading when the reader has gone', async () => {
    const abort = new AbortController();
    const body = await store.get('big', { signal: abort.signal });
    const reading = buffer(body?.stream ?? Readable.from([]));
    abort.abort();
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('lists one level: files with their sizes, directories without, by name', async () => {
    for (const key of ['listed/b.txt', 'listed/a/deep/er.txt', 'listed/a.txt', 'listed/empty']) {
      await put(key, key === 'listed/empty' ? '' : 'xyz');
    }
    expect((await store.list('listed')).entries).toEqual([
      { name: 'a', isDir: true, sizeBytes: 0 },
      { name: 'a.txt', isDir: false, sizeBytes: 3 },
      { name: 'b.txt', isDir: false, sizeBytes: 3 },
      { name: 'empty', isDir: false, sizeBytes: 0 },
    ]);
    expect(await names('')).toContain('listed');
    expect(await names('listed/a.txt')).toEqual([]);
    expect(await names('nowhere/at/all')).toEqual([]);
  });

  it('lists page by page', async () => {
    const all = ['f0', 'f1', 'f2', 'f3', 'f4', 'f5', 'f6'];
    for (const name of all) await put(`paged/${name}`, name);
    const seen: string[] = [];
    let pageToken: string | undefined;
    do {
      const page = await store.list('paged', { limit: 3, pageToken });
      expect(page.entries.length).toBeLessThanOrEqual(3);
      seen.push(...page.entries.map(({ name }) => name));
      pageToken = page.nextPageToken;
    } while (pageToken !== undefined);
    expect(seen).toEqual(all);
  });

  it('lists and deletes a directory of more than a thousand files, and nothing beside it', async () => {
    await put('many-more/kept', 'x');
    await put('many.txt', 'x');
    const wanted = Array.from({ length: 1105 }, (_, i) => `f${i}`);
    for (let i = 0; i < wanted.length; i += 100) {
      await Promise.all(wanted.slice(i, i + 100).map((name) => put(`many/${name}`, 'x')));
    }
    await put('many/sub/dir/file', 'x');
    const seen: string[] = [];
    for (let token: string | undefined, done = false; !done; ) {
      const page = await store.list('many', { pageToken: token });
      seen.push(...page.entries.map(({ name }) => name));
      token = page.nextPageToken;
      done = token === undefined;
    }
    expect(seen.sort()).toEqual([...wanted, 'sub'].sort());
    expect(await store.deleteTree('many')).toBe(1106);
    expect(await names('many')).toEqual([]);
    expect(await store.deleteTree('many')).toBe(0);
    expect(await read('many-more/kept')).toBe('x');
    expect(await read('many.txt')).toBe('x');
  });

  it('forgets a directory with its last object', async () => {
    await put('fleeting/dir/file', 'x');
    await store.delete('fleeting/dir/file');
    expect(await names('')).not.toContain('fleeting');
  });

  it('deletes no more than it is asked to', async () => {
    await put('safe/file', 'x');
    for (const dir of ['', '/', '..', 'safe/..']) {
      await expect(Promise.resolve().then(() => store.deleteTree(dir))).rejects.toMatchObject({
        code: 'INVALID_PARAMETER_VALUE',
      });
    }
    expect(await store.deleteTree('safe/file')).toBe(0);
    expect(await read('safe/file')).toBe('x');
  });

  it('takes uploads to the same new directory and deletes from it at the same time', async () => {
    const round = async (i: number) => {
      await put(`busy/dir/${i}`, 'x');
      await store.delete(`busy/dir/${i}`);
    };
    await Promise.all(Array.from({ length: 40 }, (_, i) => round(i)));
    expect(await names('busy')).toEqual([]);
  });

  multipartConformance(() => opened);

  it('names the address of an object', () => {
    expect(store.uri('1/a b.txt')).toMatch(/^(s3|file):\/\/.+\/1\/a( |%20)b\.txt$/);
  });
}

describe('a store that cannot be used', () => {
  const put = (store: ObjectStore) => store.put('a', Readable.from([Buffer.from('x')]));

  it('says so of a folder that is a file, and works once it is gone', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'millrace-store-'));
    const parent = openObjectStore({ provider: 'folder', path: dir });
    await parent.put('taken', Readable.from([Buffer.from('x')]));
    const store = openObjectStore({ provider: 'folder', path: join(dir, 'taken') });
    await expect(store.check()).rejects.toMatchObject({
      code: 'TEMPORARILY_UNAVAILABLE',
      message: expect.stringContaining(`${dir}/taken`),
    });
    await parent.delete('taken');
    await put(store);
    await expect(store.check()).resolves.toBeUndefined();
    await rm(dir, { recursive: true });
  });
});
