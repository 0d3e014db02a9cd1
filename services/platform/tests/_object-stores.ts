import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectStore } from '../src/object-store/object-store.ts';
import { openObjectStore } from '../src/object-store/open-object-store.ts';
import { type S3Settings, s3Settings, secondS3Settings, unfinishedUploads } from '../testing/s3.ts';

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

function storeIn(settings: S3Settings): OpenStore {
  const store = openObjectStore({ provider: 's3', ...settings, prefix: '/teams/a/' });
  return {
    store,
    leftovers: () => unfinishedUploads(settings),
    [Symbol.asyncDispose]: async () => {
      store.close();
    },
  };
}
