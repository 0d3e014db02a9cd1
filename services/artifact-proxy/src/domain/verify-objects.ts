import { createHash } from 'node:crypto';
import { inParallel } from '@millrace/platform/in-parallel';
import type { ObjectStore } from '@millrace/platform/object-store/object-store';
import { type Found, walk } from '@millrace/platform/object-store/walk';
import type { Queryable } from '@millrace/platform/postgres';
import { type KnownDigest, listDigests } from '../store/digests.ts';
import { parseArtifactPath } from './artifact-path.ts';
import { objectKey } from './object-key.ts';

/** How an object is, compared with what is known of it. */
export type ObjectState = { readonly key: string; readonly state: 'good' | 'missing' | 'changed' };

const PAGE = 1_000;
const AT_A_TIME = 16;

/**
 * Looks for every object whose SHA-256 is known. The bytes are read where the store has given the object another tag, as it
 * does when it was copied back, or where `readAll` asks for it.
 */
export async function* verifyDigests(db: Queryable, store: ObjectStore, readAll: boolean): AsyncGenerator<ObjectState> {
  yield* inParallel(known(db), AT_A_TIME, (digest) => compare(store, digest, readAll));
}

async function* known(db: Queryable): AsyncGenerator<KnownDigest> {
  let page = await listDigests(db, '', PAGE);
  while (page.length > 0) {
    yield* page;
    page = await listDigests(db, page.at(-1)?.key ?? '', PAGE);
  }
}

async function compare(store: ObjectStore, { key, etag, sha256 }: KnownDigest, readAll: boolean): Promise<ObjectState> {
  const found = await store.stat(key);
  if (!found) return { key, state: 'missing' };
  if (found.etag === etag && !readAll) return { key, state: 'good' };
  const body = await store.get(key);
  if (!body) return { key, state: 'missing' };
  const hash = createHash('sha256');
  for await (const chunk of body.stream) hash.update(chunk as Buffer);
  return { key, state: hash.digest('hex') === sha256 ? 'good' : 'changed' };
}

/** Looks for every object of a list that was made before, by size. */
export async function* verifyInventory(
  store: ObjectStore,
  inventory: AsyncIterable<Found>,
): AsyncGenerator<ObjectState> {
  yield* inParallel(inventory, AT_A_TIME, async ({ key, sizeBytes }) => {
    const found = await store.stat(key);
    if (!found) return { key, state: 'missing' };
    return { key, state: found.totalBytes === sizeBytes ? 'good' : 'changed' };
  });
}

export const inventory = (store: ObjectStore): AsyncGenerator<Found> => walk(store);

/** Whether there is a file, or a directory with something in it; undefined for what no path of ours can be. */
export async function isThere(store: ObjectStore, workspace: string, path: string): Promise<boolean | undefined> {
  const key = keyOf(workspace, path);
  if (key === undefined) return undefined;
  if (await store.stat(key)) return true;
  const { entries, nextPageToken } = await store.list(key, { limit: 1 });
  return entries.length > 0 || nextPageToken !== undefined;
}

function keyOf(workspace: string, path: string): string | undefined {
  try {
    return objectKey(workspace, parseArtifactPath(path).path);
  } catch {
    return undefined;
  }
}
