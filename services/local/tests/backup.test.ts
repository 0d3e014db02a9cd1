import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Lifecycle } from '@millrace/platform/lifecycle';
import { createTestDatabase } from '@millrace/platform/testing/database';
import { describeWith } from '@millrace/platform/testing/describe-with';
import { type S3Settings, s3Settings } from '@millrace/platform/testing/s3';
import { pino } from 'pino';
import { startLocal } from '../src/local.ts';
import { copyBucket, copyDatabase, dumpAndRestore, whyNoDump } from './_copies.ts';
import { millrace } from './_millrace.ts';

const server = process.env['TEST_DATABASE_URL'] ?? '';
const dumpless = await whyNoDump(server);

describeWith('s3', 'a backup', () => {
  const lifecycle = new Lifecycle();
  const newDatabase = async () => {
    const database = await createTestDatabase();
    lifecycle.onClose('database', async () => database[Symbol.asyncDispose]());
    return database.url;
  };
  const s3Env = (s3: S3Settings) => ({
    S3_ENDPOINT: s3.endpoint,
    S3_BUCKET: s3.bucket,
    S3_ACCESS_KEY_ID: s3.credentials.accessKeyId,
    S3_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
  });
  /** Everything behind one port on these parts, for as long as `work` takes. */
  const during = async (databaseUrl: string, s3: S3Settings, work: (url: string) => Promise<void>) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'millrace-backup-'));
    const options = { host: '127.0.0.1', port: 0, dataDir, env: { DATABASE_URL: databaseUrl, ...s3Env(s3) } };
    const local = await startLocal(options, pino({ level: 'silent' }));
    await work(local.url).finally(() => local.close());
    await rm(dataDir, { recursive: true, force: true });
  };
  const seed = async (url: string, name: string) =>
    expect(await millrace(['seed', '--url', url, '--name', name, '--runs', '2'])).toMatchObject({ code: 0 });
  const ask = (command: readonly string[], databaseUrl: string, s3: S3Settings) =>
    millrace(command, {
      AUTH_MODE: 'anonymous',
      DATABASE_URL: databaseUrl,
      TRACKING_GRPC: '127.0.0.1:1',
      ...s3Env(s3),
    });

  let [original, restored] = ['', ''];
  let [bucket, copy]: S3Settings[] = [];
  let inventory: string;
  const restoredBucket = () => copy as S3Settings;
  beforeAll(async () => {
    [original, restored, bucket, copy] = [
      await newDatabase(),
      await newDatabase(),
      await s3Settings(),
      await s3Settings(),
    ];
    const folder = await mkdtemp(join(tmpdir(), 'millrace-inventory-'));
    lifecycle.onClose('folder', () => rm(folder, { recursive: true }));
    inventory = join(folder, 'inventory.jsonl');
    await during(original, bucket, (url) => seed(url, 'churn'));
    await copyDatabase(server, original, restored);
    await writeFile(inventory, (await ask(['inventory'], original, bucket)).out);
    await copyBucket(bucket, copy);
  }, 60_000);
  afterAll(() => lifecycle.close());

  const verify = (...flags: readonly string[]) =>
    ask(['verify', '--inventory', inventory, ...flags], restored, restoredBucket());
  const client = () => new S3Client(restoredBucket());

  it('that was restored has everything, and goes on where it was', async () => {
    expect(await verify('--read')).toEqual({
      code: 0,
      err: '',
      out: [
        '4 objects whose SHA-256 is known: all there',
        '2 model versions with files in this store: all there',
        '4 objects of the inventory: all there',
        '',
      ].join('\n'),
    });
    await during(restored, restoredBucket(), async (url) => {
      const found = await fetch(`${url}/api/2.0/mlflow/registered-models/alias?name=churn&alias=champion`);
      const { model_version } = (await found.json()) as { model_version: { run_id: string } };
      const wanted = new URLSearchParams({ run_uuid: model_version.run_id, path: 'model/MLmodel' });
      expect(await (await fetch(`${url}/get-artifact?${wanted}`)).text()).toContain('python_function');
      await seed(url, 'after');
    });
    expect(await verify()).toMatchObject({ code: 0, out: expect.stringContaining('8 objects whose SHA-256') });
  });

  it('is good where the store gave the same bytes another tag', async () => {
    const target = await anyObject();
    const s3 = client();
    const { Body } = await s3.send(new GetObjectCommand(target));
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(target));
    const part = { ...target, UploadId, PartNumber: 1, Body: (await Body?.transformToByteArray()) ?? '' };
    const { ETag } = await s3.send(new UploadPartCommand(part));
    const MultipartUpload = { Parts: [{ ETag, PartNumber: 1 }] };
    await s3.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload }));
    s3.destroy();
    expect(await verify()).toMatchObject({ code: 0 });
  });

  it('that lacks objects, or has others in their place, is found out', async () => {
    const [changed, ...others] = await keys();
    const s3 = client();
    const { bucket: Bucket } = restoredBucket();
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: changed }));
    const sameLength = 'x'.repeat((await Body?.transformToByteArray())?.length ?? 0);
    await s3.send(new PutObjectCommand({ Bucket, Key: changed, Body: sameLength }));
    const gone = others.filter((key) => !key.startsWith(changed?.replace(/[^/]*$/, '') ?? ''));
    for (const Key of gone) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
    s3.destroy();
    const { code, out } = await verify();
    expect(code).toBe(1);
    expect(out).toContain(`changed: ${changed}\n`);
    for (const key of gone) expect(out).toContain(`missing: ${key}\n`);
    expect(out).toMatch(
      /missing: files of version \d of model 'churn' in workspace 'default': \d+\/\w+\/artifacts\/model\n/,
    );
  });

  (dumpless ? it.skip : it)(`is made by pg_dump${dumpless ? `: ${dumpless}` : ''}`, async () => {
    const second = await newDatabase();
    await dumpAndRestore(original, second);
    expect(await ask(['verify', '--read'], second, bucket as S3Settings)).toMatchObject({ code: 0 });
    expect(await ask(['migrate', '--status'], second, bucket as S3Settings)).toMatchObject({ code: 0 });
  });

  async function keys(): Promise<readonly string[]> {
    const { out } = await ask(['inventory'], original, bucket as S3Settings);
    return out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { key: string }).key);
  }

  async function anyObject() {
    const [Key] = await keys();
    return { Bucket: restoredBucket().bucket, Key };
  }
});
