import type { Context } from '@millrace/platform/contract/context';
import type { ObjectStore } from '@millrace/platform/object-store/object-store';
import type { Pool } from '@millrace/platform/postgres';
import type { Announce } from '../events/announce.ts';
import { artifactsDeleted } from '../events/artifact-events.ts';
import { deleteDigests } from '../store/digests.ts';
import type { ParsedPath } from './artifact-path.ts';
import { objectKey } from './object-key.ts';

export type RemoveDeps = { readonly store: ObjectStore; readonly announce: Announce; readonly pool: Pool };

/**
 * A file, a directory with all below it, or nothing. Announced also when there was nothing: the attempt before may have
 * deleted it and not come to say so. Gives the number of files.
 */
export async function removeArtifacts(
  { store, announce, pool }: RemoveDeps,
  { path, isDirectory }: ParsedPath,
  context: Context,
): Promise<number> {
  const key = objectKey(context.workspace, path);
  const file = !isDirectory && (await store.delete(key)) ? 1 : 0;
  const below = await store.deleteTree(key);
  await deleteDigests(pool, key);
  await announce(artifactsDeleted(path, file + below), context);
  return file + below;
}
