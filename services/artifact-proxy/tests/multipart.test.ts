import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeWith } from '@millrace/platform/testing/describe-with';
import { s3Settings } from '@millrace/platform/testing/s3';
import pg from 'pg';
import { multipart } from './_multipart.ts';
import { s3Env } from './_s3.ts';
import { API, type RunningProxy, startProxy } from './_service.ts';

const MIB = 1024 * 1024;
const RUN = '0123456789abcdef0123456789abcdef';
const DIR = `5/${RUN}/artifacts`;

describe('multipart uploads into a folder', () => uploads(async () => ({}), 'here'));
describeWith('s3', 'multipart uploads into S3, through the proxy', () =>
  uploads(async () => s3Env(await s3Settings()), 'here'),
);
describeWith('s3', 'multipart uploads into S3, past the proxy', () =>
  uploads(async () => ({ ...s3Env(await s3Settings()), ARTIFACT_TRANSFER_MODE: 'presigned' }), 'elsewhere'),
);

function uploads(env: () => Promise<Record<string, string | undefined>>, where: 'here' | 'elsewhere'): void {
  let proxy: RunningProxy;
  let database: pg.Pool;
  const client = multipart(() => proxy);
  beforeAll(async () => {
    proxy = await startProxy(await env());
    database = new pg.Pool({ connectionString: proxy.databaseUrl });
  });
  afterAll(async () => {
    await database?.end();
    await proxy?.close();
  });
  const events = async (path: string) => {
    const { rows } = await database.query<{ data: Record<string, string> }>(
      `select event->'data' as data from events.event_log where event->'data'->>'path' = $1`,
      [path],
    );
    const { rows: waiting } = await database.query<{ data: Record<string, string> }>(
      `select data from artifacts.outbox where data->>'path' = $1`,
      [path],
    );
    return [...rows, ...waiting].map(({ data }) => data);
  };

  it('put a file together of parts that came in any order, and announce it once', async () => {
    const chunks = [new Uint8Array(5 * MIB).fill(1), new Uint8Array(5 * MIB).fill(2), new Uint8Array(3).fill(3)];
    const { upload_id, credentials } = await client.create(DIR, '/home/me/größe 1.bin', 3);
    expect(credentials.map(({ part_number }) => part_number)).toEqual([1, 2, 3]);
    for (const { url } of credentials) expect(url.startsWith(`${proxy.root}${API}/mpu/parts/`)).toBe(where === 'here');
    const parts = [];
    for (const i of [2, 0, 1]) {
      const [credential, chunk] = [credentials[i], chunks[i]];
      if (credential && chunk) parts.push(await client.send(credential, chunk));
    }
    expect((await proxy.get(`${DIR}/größe 1.bin`)).status).toBe(404);
    for (let i = 0; i < 2; i += 1) {
      const answer = await client.complete(DIR, '/home/me/größe 1.bin', upload_id, parts);
      expect([answer.status, await answer.text()]).toEqual([200, '{}']);
    }
    const bytes = Buffer.concat(chunks);
    expect(Buffer.compare(Buffer.from(await (await proxy.get(`${DIR}/größe 1.bin`)).arrayBuffer()), bytes)).toBe(0);
    const announced = await events(`${DIR}/größe 1.bin`);
    expect(announced).toMatchObject([{ event: 'artifact.uploaded', run_id: RUN, size_bytes: String(bytes.length) }]);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (announced[0]?.['sha256'] !== undefined) expect(announced[0]['sha256']).toBe(sha256);
  });

  it('leave nothing when they are aborted, and stay when they were complete', async () => {
    const first = await client.create(DIR, 'aborted.bin', 1);
    for (const credential of first.credentials) await client.send(credential, 'x');
    expect((await client.abort(DIR, 'aborted.bin', first.upload_id)).status).toBe(200);
    const late = await client.complete(DIR, 'aborted.bin', first.upload_id, [{ part_number: 1, etag: '"x"' }]);
    expect(late.status).toBe(404);
    expect(await proxy.list(DIR)).toEqual({ files: [expect.objectContaining({ path: 'größe 1.bin' })] });

    const second = await client.create(DIR, 'kept.bin', 1);
    const parts = await Promise.all(second.credentials.map((credential) => client.send(credential, 'x')));
    await client.complete(DIR, 'kept.bin', second.upload_id, parts);
    expect((await client.abort(DIR, 'kept.bin', second.upload_id)).status).toBe(200);
    expect(await (await proxy.get(`${DIR}/kept.bin`)).text()).toBe('x');
  });

  it('belong to their path', async () => {
    const { upload_id, credentials } = await client.create(DIR, 'mine.bin', 1);
    const parts = await Promise.all(credentials.map((credential) => client.send(credential, 'x')));
    for (const [dir, name] of [
      [DIR, 'yours.bin'],
      ['6', 'mine.bin'],
    ] as const) {
      expect((await client.complete(dir, name, upload_id, parts)).status).toBe(404);
      expect((await client.abort(dir, name, upload_id)).status).toBe(404);
    }
    expect((await client.complete(DIR, 'C:\\Users\\me\\mine.bin', upload_id, parts)).status).toBe(200);
  });

  it.each([
    ['create', {}, 'path'],
    ['create', { path: 'a', num_parts: 0 }, 'num_parts'],
    ['create', { path: 'a', num_parts: 'x' }, 'num_parts'],
    ['create', { path: 'dir/' }, 'path'],
    ['complete', { path: 'a', upload_id: 'u' }, 'parts'],
    ['complete', { path: 'a', upload_id: 'u', parts: [{ part_number: '1', etag: '' }] }, 'parts[0].part_number'],
    ['abort', { path: 'a' }, 'upload_id'],
  ])('say what is wrong: %s %j', async (step, body, field) => {
    const answer = await client.post(step, DIR, body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      error_code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining(`'${field}'`),
    });
  });

  it('refuse a part that was not uploaded, and names that lead elsewhere', async () => {
    const { upload_id } = await client.create(DIR, 'holes.bin', 2);
    const answer = await client.complete(DIR, 'holes.bin', upload_id, [{ part_number: 1, etag: '"0"' }]);
    expect(answer.status).toBe(400);
    expect((await client.post('create', DIR, { path: 'x/..', num_parts: 1 })).status).toBe(400);
    expect((await client.complete(DIR, 'a', 'no-such-id', [{ part_number: 1, etag: '' }])).status).toBe(404);
  });

  it('tell clients to send in one piece what would have too many parts', async () => {
    const answer = await client.post('create', DIR, { path: 'huge.bin', num_parts: 10_001 });
    expect(answer.status).toBe(501);
    expect(await answer.json()).toMatchObject({
      message: expect.stringMatching(/^Multipart upload is not supported for the current artifact repository/),
    });
  });

  if (where === 'here') {
    it('take parts only at the addresses they gave out, while these last', async () => {
      const { credentials } = await client.create(DIR, 'signed.bin', 2);
      const url = new URL(credentials[0]?.url ?? '');
      const status = async (change: (url: URL) => void, body: string | undefined = 'x') => {
        const changed = new URL(url);
        change(changed);
        return (await fetch(changed, { method: 'PUT', body })).status;
      };
      expect(await status((u) => u.searchParams.set('signature', 'AAAA'))).toBe(403);
      expect(await status((u) => u.searchParams.delete('signature'))).toBe(403);
      expect(await status((u) => u.searchParams.set('expires', '99999999999'))).toBe(403);
      expect(await status((u) => (u.pathname = u.pathname.replace(/\/1$/, '/2')))).toBe(403);
      expect(await status((u) => (u.pathname = u.pathname.replace(/[0-9a-f-]{36}/, crypto.randomUUID())))).toBe(404);
      expect(await status((u) => (u.pathname = u.pathname.replace(/[0-9a-f-]{36}/, '..%2f..')))).toBe(404);
      expect(await status(() => {})).toBe(200);
      expect((await fetch(url)).status).toBe(405);
    });
  }
}

describe('the addresses of parts', () => {
  let proxy: RunningProxy;
  const client = multipart(() => proxy);
  afterAll(() => proxy?.close());

  it('are where the client found us, or where we are said to be, and expire', async () => {
    proxy = await startProxy({ UPLOAD_PART_URL_TTL_SECONDS: '1' });
    const { credentials } = await client.create('1', 'a.bin', 1);
    const url = credentials[0]?.url ?? '';
    expect(url.startsWith(`${proxy.root}${API}/mpu/parts/`)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    const late = await fetch(url, { method: 'PUT', body: 'x' });
    expect([late.status, await late.json()]).toMatchObject([403, { message: expect.stringContaining('expired') }]);
    const forwarded = await proxy.raw('POST', `${API}/mpu/create/1`, '{"path":"a"}', {
      'x-forwarded-proto': 'https',
      host: 'localhost:8443',
    });
    expect(forwarded.text).toContain(`"https://localhost:8443${API}/mpu/parts/`);
    await proxy.close();
    proxy = await startProxy({ PUBLIC_URL: 'https://ml.example.com/team/' });
    const [named] = (await client.create('1', 'a.bin', 1)).credentials;
    expect(named?.url.startsWith(`https://ml.example.com/team${API}/mpu/parts/`)).toBe(true);
  });
});
