import type { Context } from '@millrace/platform/contract/context';
import type { ObjectStore } from '@millrace/platform/object-store/object-store';
import type { Announce } from '../events/announce.ts';
import { artifactsDeleted } from '../events/artifact-events.ts';
import type { ParsedPath } from './artifact-path.ts';
import { objectKey } from './object-key.ts';

export type RemoveDeps = { readonly store: ObjectStore; readonly announce: Announce };

/**
 * A file, a directory with all below it, or nothing. Announced also when there was nothing: the attempt before may have
 * deleted it and not come to say so.
 */
export async function removeArtifacts(
  { store, announce }: RemoveDeps,
  { path, isDirectory }: ParsedPath,
  context: Context,
): Promise<void> {
  const key = objectKey(context.workspace, path);
  const file = !isDirectory && (await store.delete(key)) ? 1 : 0;
  const below = await store.deleteTree(key);
  await announce(artifactsDeleted(path, file + below), context);
}
