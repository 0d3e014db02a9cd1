import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import type { ObjectStore } from '../src/object-store/object-store.ts';
import { openObjectStore } from '../src/object-store/open-object-store.ts';
import { type S3Settings, s3Settings, secondS3Settings } from '../testing/s3.ts';

/** A store of its own for one test file. */
export type OpenStore = AsyncDisposable & {
  readonly store: ObjectStore;
  /** Names of uploads that were begun and neither finished nor cleaned up. */
  readonly leftovers: () => Promise<string[]>;
};

export async function folderStore(): Promise<OpenStore> {
  const path = await mkdtemp(join(tmpdir(), 'millrace-store-'));
  return {
    store: openObjectStore({ provider: 'folder', path }),
    leftovers: () => readdir(join(path, '.millrace-uploads')),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true }),
  };
}

export const s3Store = async () => storeIn(await s3Settings());
export const secondS3Store = async () => storeIn(await secondS3Settings());

function storeIn({ bucket, ...access }: S3Settings): OpenStore {
  const client = new S3Client(access);
  const store = openObjectStore({ provider: 's3', ...access, bucket, prefix: '/teams/a/' });
  return {
    store,
    leftovers: async () => {
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
      return Uploads.map(({ Key = '' }) => Key);
    },
    [Symbol.asyncDispose]: async () => {
      store.close();
      client.destroy();
    },
  };
}
