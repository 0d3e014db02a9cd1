import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openObjectStore } from '../src/object-store/open-object-store.ts';
import type { S3Config } from '../src/object-store/s3-config.ts';

const MIB = 1024 * 1024;
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A store before a server that takes everything and keeps what it was asked. */
async function storeWith(settings: Partial<S3Config>) {
  const asked: Pick<IncomingMessage, 'method' | 'url' | 'headers'>[] = [];
  const server: Server = createServer((req, res) => {
    asked.push(req);
    req.resume().on('end', () => {
      res.setHeader('etag', '"e"');
      res.end(req.method === 'POST' ? '<r><UploadId>u</UploadId><ETag>"e"</ETag></r>' : '');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const store = openObjectStore({
    provider: 's3',
    endpoint,
    region: 'us-east-1',
    bucket: 'bucket',
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    forcePathStyle: true,
    ...settings,
  });
  closers.push(() => store.close());
  closers.push(() => server.close().closeAllConnections());
  return { store, asked, endpoint };
}

const bytes = (count: number) => Readable.from([Buffer.alloc(count)]);

describe('an S3 store', () => {
  it.each([
    [{ algorithm: 'AES256' }, { 'x-amz-server-side-encryption': 'AES256' }],
    [
      { algorithm: 'aws:kms', kmsKeyId: 'team-key' },
      { 'x-amz-server-side-encryption': 'aws:kms', 'x-amz-server-side-encryption-aws-kms-key-id': 'team-key' },
    ],
  ] as const)(
    'is told to encrypt what is written, in one piece, in parts, and by clients: %j',
    async (encryption, headers) => {
      const { store, asked } = await storeWith({ encryption });
      await store.put('small', bytes(1));
      await store.put('large', bytes(9 * MIB));
      await store.multipart.begin('client', 'mark');
      const beginnings = asked.filter(({ url = '' }) => /small|uploads/.test(url));
      expect(beginnings.map(({ method }) => method)).toEqual(['PUT', 'POST', 'POST']);
      for (const request of beginnings) expect(request.headers).toMatchObject(headers);
    },
  );

  it('is not told how to encrypt where the bucket says it', async () => {
    const { store, asked } = await storeWith({});
    await store.put('small', bytes(1));
    expect(Object.keys(asked[0]?.headers ?? {}).filter((name) => name.includes('encryption'))).toEqual([]);
  });

  it('gives clients addresses where they reach it, and is itself reached elsewhere', async () => {
    const { store, asked } = await storeWith({ publicEndpoint: 'https://s3.example.com' });
    const upload = { key: 'a', id: 'u', mark: 'm' };
    const get = { expiresSeconds: 60, contentType: 'text/plain', contentDisposition: 'attachment' };
    for (const signed of [await store.presign?.get('a', get), await store.presign?.part(upload, 1, 60)])
      expect(signed?.url).toMatch(/^https:\/\/s3\.example\.com\/bucket\/a\?.*X-Amz-Signature=/);
    await store.stat('a');
    expect(asked.map(({ url }) => url)).toEqual(['/bucket/a']);
  });

  it.each([
    [undefined, 'https://bucket.s3.us-east-1.amazonaws.com/a?'],
    ['https://s3.example.com', 'https://bucket.s3.example.com/a?'],
  ])('has the bucket in its host name where paths are not forced, at %s', async (endpoint, address) => {
    const { store } = await storeWith({ endpoint, forcePathStyle: false });
    const get = { expiresSeconds: 60, contentType: 'text/plain', contentDisposition: 'attachment' };
    expect((await store.presign?.get('a', get))?.url.startsWith(address)).toBe(true);
  });
});
