import { randomBytes, randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Context } from '@millrace/platform/contract/context';
import { InvalidParameterError } from '@millrace/platform/errors';
import type { Journal, ObjectStore } from '@millrace/platform/object-store/object-store';
import type { Pool } from '@millrace/platform/postgres';
import type { Announce } from '../events/announce.ts';
import { artifactUploaded } from '../events/artifact-events.ts';
import { insertUpload, nameUpload, touchUpload } from '../store/uploads.ts';
import type { ArtifactPath, ParsedPath } from './artifact-path.ts';
import { objectKey } from './object-key.ts';
import type { UploadSlots } from './upload-slots.ts';

const TOUCH_EVERY_MS = 60_000;

export type UploadDeps = {
  readonly pool: Pool;
  readonly store: ObjectStore;
  readonly slots: UploadSlots;
  readonly announce: Announce;
};
type Upload = ParsedPath & {
  readonly body: Readable;
  readonly sizeBytes: number | undefined;
  readonly maxBytes?: number | undefined;
};

/**
 * Resolves when both the bytes and the event are durable. In that order: an upload that fails in between is sent again, and
 * then announced.
 */
export async function uploadArtifact(deps: UploadDeps, upload: Upload, context: Context): Promise<void> {
  const { path, isDirectory, body, sizeBytes, maxBytes } = upload;
  if (isDirectory) throw new InvalidParameterError(`Cannot upload to '${path}/': it names a directory, not a file`);
  const key = objectKey(context.workspace, path);
  using log = uploadLog(deps.pool, key, path, context);
  const options = { sizeBytes, maxBytes, digest: true, journal: log.journal };
  const stored = await deps.slots.run(context.signal, () => deps.store.put(key, body, options));
  const { etag, sha256 } = stored;
  const digest = sha256 === undefined ? undefined : { key, etag, sha256 };
  await deps.announce(artifactUploaded(path, stored), context, { digest, upload: log.begun() });
}

/** Keeps what a crash would leave in the store in the database, and young as long as we live. */
function uploadLog(pool: Pool, key: string, path: ArtifactPath, { workspace, actor }: Context) {
  const id = randomUUID();
  let timer: NodeJS.Timeout | undefined;
  const journal: Journal = {
    mark: id,
    async begin() {
      const secret = randomBytes(32); // of no use: no address is given out
      await insertUpload(pool, { id, workspace, actor, path, key, storeId: null, byClient: false, secret });
      timer = setInterval(() => void touchUpload(pool, id).catch(() => {}), TOUCH_EVERY_MS);
    },
    begun: (storeId) => nameUpload(pool, id, storeId),
  };
  return {
    journal,
    /** The upload's id, when it needed more than one part. */
    begun: () => timer && id,
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
