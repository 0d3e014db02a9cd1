import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWith } from '@millrace/platform/testing/describe-with';
import { type S3Settings, s3Settings } from '@millrace/platform/testing/s3';
import { s3Env } from './_s3.ts';
import { type RunningProxy, startProxy } from './_service.ts';

const MIB = 1024 * 1024;

describeWith('s3', 'artifacts in S3', () => {
  let settings: S3Settings;
  let proxy: RunningProxy;

  beforeAll(async () => {
    settings = await s3Settings();
    proxy = await startProxy({ ...s3Env(settings), S3_PREFIX: 'ml/' });
  });
  afterAll(() => proxy?.close());

  it('go up in several parts and come back whole, or in ranges', async () => {
    const bytes = new Uint8Array(12 * MIB).map((_, i) => i % 251);
    expect((await proxy.put('1/run/artifacts/big model.bin', bytes)).status).toBe(200);
    const whole = await proxy.get('1/run/artifacts/big model.bin');
    expect(whole.headers.get('content-length')).toBe(String(bytes.length));
    expect(Buffer.compare(Buffer.from(await whole.arrayBuffer()), bytes)).toBe(0);
    const part = await proxy.get('1/run/artifacts/big model.bin', { range: `bytes=${11 * MIB}-` });
    expect(part.status).toBe(206);
    expect(Buffer.compare(Buffer.from(await part.arrayBuffer()), bytes.subarray(11 * MIB))).toBe(0);
    const etag = whole.headers.get('etag') ?? '';
    expect((await proxy.getIf('1/run/artifacts/big model.bin', { 'if-none-match': etag })).status).toBe(304);
  });

  it('are listed and deleted like files', async () => {
    for (const path of ['2/a/größe+1.txt', '2/a/deep/er', '2/b']) await proxy.put(path, 'x');
    expect(await proxy.list('2/a')).toEqual({
      files: [
        { path: 'deep', is_dir: true },
        { path: 'größe+1.txt', is_dir: false, file_size: 1 },
      ],
    });
    expect((await proxy.get('2/a')).status).toBe(400);
    expect((await proxy.get('2/c')).status).toBe(404);
    expect((await proxy.delete('2/a')).status).toBe(200);
    expect(await proxy.list('2')).toEqual({ files: [{ path: 'b', is_dir: false, file_size: 1 }] });
  });

  it('are read by clients from the store itself where they may be', async () => {
    const direct = await startProxy({ ...s3Env(settings), S3_PREFIX: 'ml/', ARTIFACT_TRANSFER_MODE: 'presigned' });
    await direct.put('4/dir/a b.html', '<b>');
    await direct.put('4/dir/empty', '');
    const presigned = async (path: string) => {
      const answer = await fetch(`${direct.root}/api/2.0/mlflow-artifacts/presigned/${path}`);
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };
    const { body } = await presigned('4/dir/a%20b.html');
    expect(body).toEqual({ url: expect.any(String), headers: {}, file_size: 3 });
    const answer = await fetch(String(body['url']));
    expect(await answer.text()).toBe('<b>');
    expect(answer.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''a%20b.html");
    expect(new URL(String(body['url'])).searchParams.get('X-Amz-Expires')).toBe('300');
    expect((await presigned('4/dir/empty')).body).toEqual({ url: expect.any(String), headers: {} });
    expect(await presigned('4/dir')).toMatchObject({ status: 400 });
    expect(await presigned('4/missing')).toMatchObject({
      status: 404,
      body: { error_code: 'RESOURCE_DOES_NOT_EXIST' },
    });
    await direct.close();
  });

  it('come and go through us only when they are small, where that is the rule', async () => {
    const strict = await startProxy({
      ...s3Env(settings),
      ARTIFACT_TRANSFER_MODE: 'presigned-only',
      MAX_PROXIED_BYTES: '1000',
    });
    expect((await strict.put('5/small', 'x'.repeat(1000))).status).toBe(200);
    const refused = {
      error_code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining('MULTIPART_UPLOAD=true'),
    };
    expect(await (await strict.put('5/large', 'x'.repeat(1001))).json()).toMatchObject(refused);
    const chunks = new Blob(['x'.repeat(1001)]).stream();
    const streamed = { method: 'PUT', body: chunks, duplex: 'half' } as RequestInit;
    expect((await fetch(strict.url('5/large'), streamed)).status).toBe(400);
    expect((await strict.get('5/small')).status).toBe(200);
    expect((await strict.get('5/large')).status).toBe(404);
    await strict.close();
  });

  it('are announced as not ready, and uploads as to be tried again, while the bucket is missing', async () => {
    expect((await fetch(`${proxy.root}/readyz`)).status).toBe(200);
    const lost = await startProxy(s3Env({ ...settings, bucket: 'no-such-bucket' }));
    const ready = await fetch(`${lost.root}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([503, { ready: false, failed: ['object store'] }]);
    const answer = await lost.put('1/a', 'x');
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await answer.json()).toMatchObject({ error_code: 'TEMPORARILY_UNAVAILABLE' });
    await lost.close();
  });
});
