import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@millrace/platform/testing/database';
import { describeWith } from '@millrace/platform/testing/describe-with';
import { type S3Settings, s3Settings, unfinishedUploads } from '@millrace/platform/testing/s3';
import pg from 'pg';
import { type ProxyProcess, startProxyProcess } from './_process.ts';
import { s3Env } from './_s3.ts';
import { API } from './_service.ts';

const MIB = 1024 * 1024;

describeWith('s3', 'a process that streams into S3', () => {
  let database: TestDatabase;
  let settings: S3Settings;
  let proxy: ProxyProcess;

  const start = async () => {
    proxy = await startProxyProcess({
      ...s3Env(settings),
      DATABASE_URL: database.url,
      TRACKING_GRPC: '127.0.0.1:1',
      UPLOAD_SWEEP_SECONDS: '0.3',
    });
  };
  beforeAll(async () => {
    database = await createTestDatabase();
    settings = await s3Settings();
    await start();
  });
  afterAll(async () => {
    await proxy?.kill();
    await database?.[Symbol.asyncDispose]();
  });

  const url = (path: string) => `http://127.0.0.1:${proxy.port}${API}/artifacts/${path}`;
  const unfinished = async () => (await unfinishedUploads(settings)).length;
  const upload = (path: string, bytes: number) => {
    const { port } = proxy;
    const sending = request({ port, method: 'PUT', path: `${API}/artifacts/${path}`, agent: false });
    sending.setHeader('content-length', bytes);
    return sending.on('error', () => {});
  };

  it('holds no more memory for a large file than for a small one', async () => {
    await fetch(url('1/small'), { method: 'PUT', body: new Uint8Array(20 * MIB) });
    const before = proxy.rssBytes();
    let most = 0;
    const sending = upload('1/large', 400 * MIB);
    const answered = once(sending, 'response') as Promise<[IncomingMessage]>;
    const chunk = Buffer.alloc(MIB, 1);
    for (let i = 0; i < 400; i += 1) {
      if (!sending.write(chunk)) await once(sending, 'drain');
      most = Math.max(most, proxy.rssBytes());
    }
    sending.end();
    expect((await answered)[0].statusCode).toBe(200);
    const answer = await fetch(url('1/large'));
    let bytes = 0;
    for await (const part of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
      bytes += part.length;
      most = Math.max(most, proxy.rssBytes());
    }
    expect(bytes).toBe(400 * MIB);
    expect(most - before).toBeLessThan(150 * MIB);
  });

  it('leaves nothing visible when it is killed, and what comes after it frees the parts', async () => {
    const sending = upload('2/killed', 60 * MIB);
    sending.write(Buffer.alloc(30 * MIB));
    while ((await unfinished()) === 0) await sleep(20);
    await proxy.kill();
    expect(await unfinished()).toBe(1);
    await start();
    expect((await fetch(url('2/killed'))).status).toBe(404);
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(`update artifacts.upload set touched_at = touched_at - interval '2 days'`);
    await client.end();
    while ((await unfinished()) > 0) await sleep(100);
    const again = await fetch(url('2/killed'), { method: 'PUT', body: new Uint8Array(10 * MIB) });
    expect(again.status).toBe(200);
    expect((await fetch(url('2/killed'))).headers.get('content-length')).toBe(String(10 * MIB));
  });
});
