import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { describeWith } from '@millrace/platform/testing/describe-with';
import { type S3Settings, s3Settings, unfinishedUploads } from '@millrace/platform/testing/s3';
import pg from 'pg';
import { ownCertificate } from './_certificate.ts';
import { startFaultyS3 } from './_faulty-s3.ts';
import { multipart } from './_multipart.ts';
import { s3Env } from './_s3.ts';
import { API, type RunningProxy, startProxy } from './_service.ts';

const MIB = 1024 * 1024;

describeWith('s3', 'while S3 fails', () => {
  let settings: S3Settings;
  let faulty: Awaited<ReturnType<typeof startFaultyS3>>;
  let proxy: RunningProxy;
  let pool: pg.Pool;
  const client = multipart(() => proxy);

  beforeAll(async () => {
    settings = await s3Settings();
    faulty = await startFaultyS3(settings.endpoint);
    proxy = await startProxy({
      ...s3Env({ ...settings, endpoint: faulty.endpoint }),
      S3_REQUEST_TIMEOUT_MS: '1000',
      S3_MAX_SOCKETS: '32',
      UPLOAD_SWEEP_SECONDS: '0.3',
    });
    pool = new pg.Pool({ connectionString: proxy.databaseUrl });
  });
  afterEach(() => faulty.fail(() => 'none'));
  afterAll(async () => {
    await pool?.end();
    await proxy?.close();
    await faulty?.close();
  });

  /** As if nothing had been heard of any upload for two days. */
  const age = () => pool.query(`update artifacts.upload set touched_at = touched_at - interval '2 days'`);
  const allFreed = async () => {
    await age();
    while ((await unfinished()).length > 0) await sleep(100);
  };
  const unfinished = () => unfinishedUploads(settings);
  const bytes = (i: number) => new Uint8Array(i % 10 === 0 ? 9 * MIB : 10_000).fill(i);
  const expectRetriable = async (answer: Response) => {
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await answer.json()).toMatchObject({ error_code: 'TEMPORARILY_UNAVAILABLE' });
  };

  const expectWhole = async (answer: Response, i: number) =>
    expect(Buffer.compare(Buffer.from(await answer.arrayBuffer()), bytes(i))).toBe(0);

  it('three times in ten, uploads pass or can be sent again, and are whole or not there', async () => {
    let count = 0;
    faulty.fail(() => (count++ % 10 < 3 ? 'slow-down' : 'none'));
    const all = Array.from({ length: 40 }, (_, i) => i);
    const upload = async (i: number) => ({ i, answer: await proxy.put(`1/many/${i}`, bytes(i)) });
    const first = await Promise.all(all.map(upload));
    const failed = first.filter(({ answer }) => answer.status !== 200);
    for (const { answer } of failed) await expectRetriable(answer);
    expect(failed.length).toBeLessThan(all.length / 2);
    faulty.fail(() => 'none');
    for (const { i } of failed) {
      const found = await proxy.get(`1/many/${i}`);
      if (found.status === 200) await expectWhole(found, i);
      else expect(found.status).toBe(404);
    }
    for (const { i } of failed) expect((await upload(i)).answer.status).toBe(200);
    for (const i of all) await expectWhole(await proxy.get(`1/many/${i}`), i);
    await allFreed();
  });

  it('always, every call asks the client to come again, and works when S3 does', async () => {
    await proxy.put('2/there', 'x');
    faulty.fail(() => 'slow-down');
    const calls: (() => Promise<Response>)[] = [
      () => proxy.put('2/a', 'x'),
      () => proxy.put('2/big', new Uint8Array(9 * MIB)),
      () => proxy.get('2/there'),
      () => fetch(`${proxy.root}${API}/artifacts?path=2`),
      () => proxy.delete('2/there'),
      () => client.post('create', '2', { path: 'a', num_parts: 1 }),
    ];
    for (const call of calls) await expectRetriable(await call());
    expect((await proxy.head('2/there')).status).toBe(503);
    faulty.fail(() => 'none');
    for (const call of calls) expect((await call()).status).toBe(200);
    expect((await proxy.get('2/there')).status).toBe(404);
  });

  it('to answer, calls end in time and others go on', async () => {
    await proxy.put('3/hang', 'x');
    faulty.fail(({ url = '' }) => (url.includes('hang') ? 'hang' : 'none'));
    const hanging = Promise.all([
      ...Array.from({ length: 10 }, (_, i) => proxy.put(`3/hang${i}`, 'x')),
      proxy.get('3/hang'),
      proxy.put('3/hang-big', new Uint8Array(9 * MIB)),
    ]);
    let others = 0;
    let isOver = false;
    void hanging.finally(() => (isOver = true));
    do {
      expect((await proxy.put(`3/fine/${others}`, 'x')).status).toBe(200);
      others += 1;
    } while (!isOver);
    for (const answer of await hanging) await expectRetriable(answer);
    expect(others).toBeGreaterThan(10);
  });

  it('to answer more than a trickle, calls without a body end in time', async () => {
    for (let i = 0; i < 20; i += 1) await proxy.put(`4/${'long-name-'.repeat(10)}${i}`, 'x');
    faulty.fail(() => 'trickle');
    await expectRetriable(await fetch(`${proxy.root}${API}/artifacts?path=4`));
  });

  it('while it is asked to put parts together, completing can be tried again', async () => {
    const { upload_id, credentials } = await client.create('5', 'a.bin', 1);
    const parts = await Promise.all(credentials.map((credential) => client.send(credential, 'x')));
    // the store does it, but its answer is lost
    faulty.fail((req) => (req.method === 'POST' && req.url?.includes('uploadId=') ? 'trickle' : 'none'));
    const first = await client.complete('5', 'a.bin', upload_id, parts);
    expect([200, 503]).toContain(first.status);
    faulty.fail(() => 'none');
    expect((await client.complete('5', 'a.bin', upload_id, parts)).status).toBe(200);
    expect(await (await proxy.get('5/a.bin')).text()).toBe('x');
  });

  it('a client that is gone in the middle leaves nothing, even when S3 does not let go at first', async () => {
    await allFreed();
    faulty.fail(({ method }) => (method === 'DELETE' ? 'slow-down' : 'none'));
    const headers = { 'content-length': 40 * MIB };
    const sending = request({
      port: proxy.port,
      method: 'PUT',
      path: `${API}/artifacts/6/gone`,
      headers,
      agent: false,
    });
    sending.on('error', () => {});
    sending.write(Buffer.alloc(20 * MIB));
    while ((await unfinished()).length === 0) await sleep(50);
    sending.destroy();
    await sleep(1_000);
    expect(await unfinished()).toEqual(['6/gone']);
    faulty.fail(() => 'none');
    await allFreed();
    expect((await proxy.get('6/gone')).status).toBe(404);
  });

  it('an upload whose id was lost is freed, and no other of the same file', async () => {
    const [lost, known] = [await client.create('8', 'twice.bin', 1), await client.create('8', 'twice.bin', 1)];
    await pool.query('update artifacts.upload set store_id = null where upload_id = $1', [lost.upload_id]);
    await pool.query(`update artifacts.upload set touched_at = now() - interval '2 days' where upload_id = $1`, [
      lost.upload_id,
    ]);
    while ((await unfinished()).filter((key) => key === '8/twice.bin').length === 2) await sleep(100);
    const parts = await Promise.all(known.credentials.map((credential) => client.send(credential, 'x')));
    expect((await client.complete('8', 'twice.bin', known.upload_id, parts)).status).toBe(200);
  });

  it('an upload that no client completes is freed, and cannot be completed any more', async () => {
    const { upload_id, credentials } = await client.create('7', 'left.bin', 1);
    const parts = await Promise.all(credentials.map((credential) => client.send(credential, 'x')));
    expect(await unfinished()).toEqual(['7/left.bin']);
    await allFreed();
    expect((await client.complete('7', 'left.bin', upload_id, parts)).status).toBe(404);
  });
});

describeWith('s3', 'an S3 server with a certificate of its own', () => {
  it('is spoken to when its certificate is known, and not otherwise', async () => {
    const { cert, ...tls } = ownCertificate();
    const settings = await s3Settings();
    const secure = await startFaultyS3(settings.endpoint, tls.options);
    const env = s3Env({ ...settings, endpoint: secure.endpoint });
    const trusting = await startProxy({ ...env, S3_CA_FILE: cert, ARTIFACT_TRANSFER_MODE: 'presigned' });
    const bytes = new Uint8Array(9 * MIB).fill(7);
    expect((await trusting.put('1/a', bytes)).status).toBe(200);
    expect(Buffer.compare(Buffer.from(await (await trusting.get('1/a')).arrayBuffer()), bytes)).toBe(0);
    const presigned = await fetch(`${trusting.root}${API}/presigned/1/a`);
    expect(await presigned.json()).toMatchObject({
      url: expect.stringMatching(`^${secure.endpoint}/`),
      headers: {},
      file_size: bytes.length,
    });
    await trusting.close();
    const strange = await startProxy(env);
    expect((await strange.put('1/b', 'x')).status).toBe(503);
    await strange.close();
    await secure.close();
    tls.remove();
  });
});
