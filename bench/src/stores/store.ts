import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import { openObjectStore } from '@millrace/platform/object-store/open-object-store';
import type { S3Config } from '@millrace/platform/object-store/s3-config';
import { nativeS3 } from '@millrace/platform/testing/parts/s3';
import { freePort } from '@millrace/platform/testing/parts/server-process';
import { storedFiles } from '../files/stored-files.ts';
import type { Target } from '../load/round.ts';
import { startServer } from '../targets/server-process.ts';

export const STORES = ['folder', 'minio', 'null'] as const;
export type StoreKind = (typeof STORES)[number];

/** Where a server keeps artifacts. */
export type Store = {
  readonly s3: (S3Config & { readonly endpoint: string; readonly credentials: Credentials }) | null;
  /** The store itself, to be measured beside the servers; a folder is none. */
  readonly target: Target | null;
};
type Credentials = { readonly accessKeyId: string; readonly secretAccessKey: string };

const BUCKET = 'bench';

/** A store of its own for one benchmark, beside the servers. */
export async function openStore(kind: StoreKind, folder: string, lifecycle: Lifecycle): Promise<Store> {
  if (kind === 'folder') return { s3: null, target: null };
  mkdirSync(folder, { recursive: true });
  const { endpoint, credentials } =
    kind === 'minio' ? await minio(folder, lifecycle) : await nothing(folder, lifecycle);
  const s3 = {
    provider: 's3',
    endpoint,
    credentials,
    region: 'us-east-1',
    bucket: BUCKET,
    forcePathStyle: true,
  } as const;
  const store = openObjectStore(s3);
  lifecycle.onClose('store', () => store.close());
  return { s3, target: { name: `${kind} itself`, url: endpoint, pids: [], files: () => storedFiles(store) } };
}

async function minio(folder: string, lifecycle: Lifecycle) {
  // for MinIO, a folder is a bucket
  mkdirSync(join(folder, 's3', 'objects', BUCKET), { recursive: true });
  const { env, stop } = await nativeS3({ folder, stopping: lifecycle.stopping });
  lifecycle.onClose('MinIO', () => stop?.());
  return {
    endpoint: env['TEST_S3_ENDPOINT'] ?? '',
    credentials: {
      accessKeyId: env['TEST_S3_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: env['TEST_S3_SECRET_ACCESS_KEY'] ?? '',
    },
  };
}

async function nothing(folder: string, lifecycle: Lifecycle) {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  await startServer(
    {
      name: 'the null S3',
      program: process.execPath,
      args: [new URL('null-s3-main.ts', import.meta.url).pathname, String(port)],
      env: {},
      url: endpoint,
      logFile: `${folder}/null-s3.log`,
    },
    lifecycle,
  );
  return { endpoint, credentials: { accessKeyId: 'nobody', secretAccessKey: 'checks-this' } };
}
