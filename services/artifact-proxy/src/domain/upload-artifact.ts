import type { Readable } from 'node:stream';
import type { Context } from '@millrace/platform/contract/context';
import { InvalidParameterError } from '@millrace/platform/errors';
import type { ObjectStore } from '@millrace/platform/object-store/object-store';
import type { Announce } from '../events/announce.ts';
import { artifactUploaded } from '../events/artifact-events.ts';
import type { ParsedPath } from './artifact-path.ts';
import { objectKey } from './object-key.ts';
import type { UploadSlots } from './upload-slots.ts';

export type UploadDeps = { readonly store: ObjectStore; readonly slots: UploadSlots; readonly announce: Announce };
type Upload = ParsedPath & { readonly body: Readable; readonly sizeBytes: number | undefined };

/**
 * Resolves when both the bytes and the event are durable. In that order: an upload that fails in between is sent again, and
 * then announced.
 */
export async function uploadArtifact(
  { store, slots, announce }: UploadDeps,
  upload: Upload,
  context: Context,
): Promise<void> {
  const { path, isDirectory, body, sizeBytes } = upload;
  if (isDirectory) throw new InvalidParameterError(`Cannot upload to '${path}/': it names a directory, not a file`);
  const key = objectKey(context.workspace, path);
  const stored = await slots.run(context.signal, () => store.put(key, body, { sizeBytes }));
  await announce(artifactUploaded(path, stored.sizeBytes), context);
}
