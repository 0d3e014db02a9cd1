import { InvalidParameterError, NotFoundError } from '@millrace/platform/errors';
import type { ObjectStore } from '@millrace/platform/object-store/object-store';
import type { ArtifactCall } from './artifact-call.ts';

/** Why there is no file at a path. */
export async function missing(store: ObjectStore, { path, key }: Pick<ArtifactCall, 'path' | 'key'>): Promise<Error> {
  const { entries } = await store.list(key, { limit: 1 });
  return entries.length > 0
    ? new InvalidParameterError(`Artifact path refers to a directory, not a file: '${path}'`)
    : new NotFoundError(`No such artifact: '${path}'`);
}
