import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readlink } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { API, type RunningProxy, startProxy } from './_service.ts';

const MIB = 1024 * 1024;
const OPEN_FILES = '/proc/self/fd';
let proxy: RunningProxy;
beforeAll(async () => {
  proxy = await startProxy();
});
afterAll(() => proxy?.close());

const file = (path: string, file_size?: number) => ({ path, is_dir: false, ...(file_size && { file_size }) });
const dir = (path: string) => ({ path, is_dir: true });

describe('uploading', () => {
  it('stores the bytes below the artifact folder under their own path and answers an empty object', async () => {
    const answer = await proxy.put('1/run/artifacts/model/MLmodel', 'flavors:');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(await answer.text()).toBe('{}');
    expect(await readdir(join(proxy.folder, 'artifacts/1/run/artifacts/model'))).toEqual(['MLmodel']);
  });

  it('replaces what was there', async () => {
    await proxy.put('1/replaced.txt', 'old and long');
    await proxy.put('1/replaced.txt', 'new');
    expect(await (await proxy.get('1/replaced.txt')).text()).toBe('new');
  });

  it('takes an empty file', async () => {
    expect((await proxy.put('1/empty.bin', '')).status).toBe(200);
    const answer = await proxy.get('1/empty.bin');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-length')).toBe('0');
    expect(await answer.text()).toBe('');
  });

  it.each([
    'a b.txt',
    'a&b=c.txt',
    'a+b.txt',
    '100%.txt',
    'größe.txt',
    '模型 🚀.bin',
    '...',
    'a..b.txt',
    '.hidden',
    'c:x.txt',
    "it's.txt",
    'semi;x',
    'q?x',
  ])('keeps the name %j', async (name) => {
    expect((await proxy.put(`names/${name}`, name)).status).toBe(200);
    expect(await (await proxy.get(`names/${name}`)).text()).toBe(name);
    expect(await proxy.list('names')).toEqual({ files: [file(name, Buffer.byteLength(name))] });
    expect((await proxy.delete(`names/${name}`)).status).toBe(200);
  });

  it('does not decode a plus, nor mind doubled slashes inside a path', async () => {
    await proxy.raw('PUT', `${API}/artifacts/plus/a+b//c.txt`, 'x');
    expect(await proxy.list('plus')).toEqual({ files: [dir('a+b')] });
    expect(await proxy.list('plus/a+b/')).toEqual({ files: [file('c.txt', 1)] });
  });

  it('takes a body of unknown length, and gives back 20 MB unchanged', async () => {
    const chunks = Array.from({ length: 20 }, (_, i) => Buffer.alloc(MIB, i));
    const body = Readable.toWeb(Readable.from(chunks)) as ReadableStream;
    const sent = await fetch(proxy.url('1/big.bin'), { method: 'PUT', body, duplex: 'half' } as RequestInit);
    expect(sent.status).toBe(200);
    const answer = await proxy.get('1/big.bin');
    expect(answer.headers.get('content-length')).toBe(String(20 * MIB));
    const hash = createHash('sha256').update(new Uint8Array(await answer.arrayBuffer()));
    expect(hash.digest('hex')).toBe(createHash('sha256').update(Buffer.concat(chunks)).digest('hex'));
  });

  it('asks a client for the body that waits for the word', async () => {
    const headers = { expect: '100-continue', 'content-length': 5 };
    const sending = request(proxy.url('1/expected.txt'), { method: 'PUT', headers });
    sending.flushHeaders();
    await once(sending, 'continue');
    sending.end('hello');
    const [answer] = (await once(sending, 'response')) as [Readable & { statusCode: number }];
    answer.resume();
    expect(answer.statusCode).toBe(200);
    expect(await (await proxy.get('1/expected.txt')).text()).toBe('hello');
  });

  it('shows nothing of an upload whose client hangs up', async () => {
    const { port } = proxy;
    const headers = { 'content-length': 10 * MIB };
    const sending = request({ port, method: 'PUT', path: `${API}/artifacts/hung/up.bin`, headers, agent: false });
    sending.on('error', () => {});
    sending.write(Buffer.alloc(MIB));
    while ((await proxy.drafts()).length === 0) await sleep(20);
    sending.destroy();
    while ((await proxy.drafts()).length > 0) await sleep(20);
    expect((await proxy.get('hung/up.bin')).status).toBe(404);
    expect(await proxy.list('hung')).toEqual({});
  });

  it('refuses a file where a directory is, and below a file', async () => {
    await proxy.put('clash/dir/file', 'x');
    for (const path of ['clash/dir', 'clash/dir/file/below'])
      expect(await (await proxy.put(path, 'y')).json()).toMatchObject({ error_code: 'INVALID_PARAMETER_VALUE' });
    expect(await (await proxy.get('clash/dir/file')).text()).toBe('x');
  });

  it('refuses a path that ends in a slash', async () => {
    const answer = await proxy.raw('PUT', `${API}/artifacts/1/dir/`, 'x');
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toMatchObject({ error_code: 'INVALID_PARAMETER_VALUE' });
  });
});

describe('downloading', () => {
  it('says what it is and that browsers must save it', async () => {
    await proxy.put('down/load/a+b.html', '<script>alert(1)</script>');
    const { headers } = await proxy.get('down/load/a+b.html');
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'text/html',
      'content-length': '25',
      'content-disposition': 'attachment; filename=a+b.html',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
      'accept-ranges': 'bytes',
      etag: expect.stringMatching(/^".+"$/),
    });
    expect(Math.abs(Date.parse(headers.get('last-modified') ?? '') - Date.now())).toBeLessThan(60_000);
  });

  it.each([
    ['a b.txt', 'attachment; filename="a b.txt"'],
    ['größe 模.txt', `attachment; filename="gr??e ?.txt"; filename*=UTF-8''gr%C3%B6%C3%9Fe%20%E6%A8%A1.txt`],
    ['a"b.txt', 'attachment; filename="a\\"b.txt"'],
  ])('names the file %j for every browser', async (name, disposition) => {
    await proxy.put(`disposition/${name}`, 'x');
    const header = (await proxy.get(`disposition/${name}`)).headers.get('content-disposition');
    expect(header).toBe(disposition);
  });

  it.each([
    ['MLmodel', 'text/plain'],
    ['MLproject', 'text/plain'],
    ['conda.yaml', 'text/plain'],
    ['data.json', 'text/plain'],
    ['data.csv', 'text/plain'],
    ['app.js', 'text/plain'],
    ['a.xml', 'text/plain'],
    ['UPPER.TXT', 'text/plain'],
    ['plot.png', 'image/png'],
    ['paper.pdf', 'application/pdf'],
    ['page.html', 'text/html'],
    ['model.pkl', 'application/octet-stream'],
    ['model.tar.gz', 'application/gzip'],
    ['png', 'application/octet-stream'],
    ['noextension', 'application/octet-stream'],
  ])('serves %s as %s, whatever the client would accept', async (name, type) => {
    await proxy.put(`types/${name}`, 'x');
    expect((await proxy.get(`types/${name}`, { accept: 'application/json' })).headers.get('content-type')).toBe(type);
  });

  it('answers HEAD with everything but the bytes', async () => {
    await proxy.put('down/head.txt', 'hello');
    const [head, get] = [await proxy.head('down/head.txt'), await proxy.get('down/head.txt')];
    expect(head.status).toBe(200);
    expect(await head.text()).toBe('');
    for (const name of ['content-length', 'content-type', 'content-disposition', 'etag', 'last-modified'])
      expect(head.headers.get(name)).toBe(get.headers.get(name));
    expect((await proxy.head('down/missing')).status).toBe(404);
  });

  it.each([
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=8-100', 206, '89', 'bytes 8-9/10'],
    ['bytes=0-0', 206, '0', 'bytes 0-0/10'],
    ['bytes=10-', 416, '', 'bytes */10'],
    ['bytes=0-1,5-6', 200, '0123456789', null],
    ['lines=0-1', 200, '0123456789', null],
    ['nonsense', 200, '0123456789', null],
  ])('answers the range %s with %i', async (range, status, body, contentRange) => {
    await proxy.put('down/range.bin', '0123456789');
    const answer = await proxy.get('down/range.bin', { range });
    expect(answer.status).toBe(status);
    expect(await answer.text()).toBe(body);
    expect(answer.headers.get('content-range')).toBe(contentRange);
  });

  it('sends the bytes again only to those who have others', async () => {
    await proxy.put('down/cached.txt', 'one');
    const etag = (await proxy.get('down/cached.txt')).headers.get('etag') ?? '';
    const second = await proxy.getIf('down/cached.txt', { 'if-none-match': etag });
    expect(second.status).toBe(304);
    expect(second.headers.get('etag')).toBe(etag);
    await proxy.put('down/cached.txt', 'two');
    const third = await proxy.getIf('down/cached.txt', { 'if-none-match': etag });
    expect(third.status).toBe(200);
    expect(third.text).toBe('two');
  });

  it('goes on with a download only while the bytes are the same', async () => {
    await proxy.put('down/resumed.txt', 'one-one');
    const etag = (await proxy.get('down/resumed.txt')).headers.get('etag') ?? '';
    const rest = { range: 'bytes=4-', 'if-range': etag };
    expect(await (await proxy.get('down/resumed.txt', rest)).text()).toBe('one');
    await proxy.put('down/resumed.txt', 'two-two');
    const answer = await proxy.get('down/resumed.txt', rest);
    expect([answer.status, await answer.text()]).toEqual([200, 'two-two']);
  });

  it('tells a missing file from a directory', async () => {
    const missing = await proxy.get('1/nothing/here');
    expect(missing.status).toBe(404);
    expect(await missing.json()).toMatchObject({
      error_code: 'RESOURCE_DOES_NOT_EXIST',
      message: "No such artifact: '1/nothing/here'",
    });
    await proxy.put('down/dir/file', 'x');
    for (const path of ['down/dir', 'down/dir/'])
      expect((await proxy.raw('GET', `${API}/artifacts/${path}`)).status).toBe(400);
    expect((await proxy.raw('GET', `${API}/artifacts/down/dir/file/`)).status).toBe(404);
  });

  (existsSync(OPEN_FILES) ? it : it.skip)('lets go of the file when the client leaves in the middle', async () => {
    const isOpen = async () => {
      const paths = (await readdir(OPEN_FILES)).map((fd) => readlink(join(OPEN_FILES, fd)).catch(() => ''));
      return (await Promise.all(paths)).some((path) => path.endsWith('/1/big.bin'));
    };
    const leaving = request({ port: proxy.port, path: `${API}/artifacts/1/big.bin`, agent: false });
    leaving.on('error', () => {}).end();
    const [answer] = (await once(leaving, 'response')) as [Readable];
    await once(answer, 'readable');
    expect(await isOpen()).toBe(true);
    leaving.destroy();
    while (await isOpen()) await sleep(20);
  });
});

describe('listing', () => {
  beforeAll(async () => {
    await proxy.put('list/b.txt', 'four');
    await proxy.put('list/a/deep/file', 'x');
    await proxy.put('list/empty', '');
  });

  it('gives names, not paths, in order; sizes only of files with bytes', async () => {
    expect(await proxy.list('list')).toEqual({ files: [dir('a'), file('b.txt', 4), file('empty')] });
    expect(await proxy.list('list/a')).toEqual({ files: [dir('deep')] });
    expect(await proxy.list('list/')).toEqual(await proxy.list('list'));
  });

  it('begins at the root without a path', async () => {
    const root = (await proxy.list()) as { files: unknown[] };
    expect(root.files).toContainEqual(dir('list'));
    expect(await proxy.list('')).toEqual(root);
  });

  it('is empty for a missing directory and for a file', async () => {
    expect(await proxy.list('nowhere')).toEqual({});
    expect(await proxy.list('list/b.txt')).toEqual({});
  });

  it('answers as JSON without a charset', async () => {
    const answer = await fetch(`${proxy.root}${API}/artifacts?path=list`);
    expect(answer.headers.get('content-type')).toBe('application/json');
  });
});

describe('deleting', () => {
  it('removes a file', async () => {
    await proxy.put('del/a', 'x');
    await proxy.put('del/b', 'x');
    const answer = await proxy.delete('del/a');
    expect([answer.status, await answer.text()]).toEqual([200, '{}']);
    expect(await proxy.list('del')).toEqual({ files: [file('b', 1)] });
  });

  it.each(['', '/'])('removes a directory with all below it, named with %j at its end', async (slash) => {
    await proxy.put('1/run/artifacts/x/y/z', 'x');
    await proxy.put('1/run/artifacts/w', 'x');
    await proxy.put('1/run-2/artifacts/w', 'x');
    expect((await proxy.raw('DELETE', `${API}/artifacts/1/run/artifacts${slash}`)).status).toBe(200);
    expect(await proxy.list('1/run/artifacts')).toEqual({});
    expect(await proxy.list('1/run-2/artifacts')).toEqual({ files: [file('w', 1)] });
  });

  it('does not remove a file that is named as a directory', async () => {
    await proxy.put('del/file', 'x');
    expect((await proxy.raw('DELETE', `${API}/artifacts/del/file/`)).status).toBe(200);
    expect((await proxy.get('del/file')).status).toBe(200);
  });

  it('is content when there is nothing', async () => {
    expect((await proxy.delete('never/was')).status).toBe(200);
  });
});

describe('routing', () => {
  it('serves the same under /ajax-api', async () => {
    const path = '/ajax-api/2.0/mlflow-artifacts/artifacts';
    expect((await proxy.raw('PUT', `${path}/ajax/a.txt`, 'x')).status).toBe(200);
    expect((await proxy.raw('GET', `${path}/ajax/a.txt`)).text).toBe('x');
    expect(JSON.parse((await proxy.raw('GET', `${path}?path=ajax`)).text)).toEqual({ files: [file('a.txt', 1)] });
    expect((await proxy.raw('DELETE', `${path}/ajax/a.txt`)).status).toBe(200);
  });

  it.each([
    ['PUT', '/artifacts', 405],
    ['DELETE', '/artifacts', 405],
    ['POST', '/artifacts/a', 405],
    ['GET', '/artifacts/', 404],
    ['PUT', '/artifacts/', 404],
    ['DELETE', '/artifacts/', 404],
    ['GET', '/Artifacts/a', 404],
    ['POST', '/mpu/create', 404],
    ['POST', '/mpu/create/', 404],
    ['GET', '/mpu/create/a', 405],
    ['GET', '/presigned', 404],
    ['GET', '/nothing', 404],
  ])('answers %s %s with %i', async (verb, path, status) => {
    const answer = await proxy.raw(verb, API + path);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({ error_code: 'ENDPOINT_NOT_FOUND' });
  });

  it('has no root to delete, and no other version', async () => {
    expect((await proxy.raw('PUT', '/api/3.0/mlflow-artifacts/artifacts/a', 'x')).status).toBe(404);
    expect((await proxy.raw('DELETE', `${API}/artifacts/`)).status).toBe(404);
  });

  it('tells clients to download through us what they cannot get from the store', async () => {
    const answer = await fetch(`${proxy.root}${API}/presigned/1/run/artifacts/a`);
    expect(answer.status).toBe(501);
    expect(await answer.json()).toEqual({
      error_code: 'NOT_IMPLEMENTED',
      message: 'Multipart download is not supported for the current artifact repository',
    });
  });
});
