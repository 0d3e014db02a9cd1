import { randomBytes, randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Context } from '@millrace/platform/contract/context';
import { InvalidParameterError, NotFoundError, NotImplementedError } from '@millrace/platform/errors';
import { NoSuchUpload, type Part, type StoredObject } from '@millrace/platform/object-store/object-store';
import type { EventContext } from '@millrace/platform/outbox/event';
import { artifactUploaded } from '../events/artifact-events.ts';
import {
  deleteUpload,
  findUpload,
  inStore,
  insertUpload,
  isNamed,
  nameUpload,
  touchUpload,
  type Upload,
} from '../store/uploads.ts';
import type { ArtifactPath } from './artifact-path.ts';
import { objectKey } from './object-key.ts';
import { partAddress } from './part-address.ts';
import type { Transfers } from './transfers.ts';
import type { UploadDeps } from './upload-artifact.ts';

/** What S3 takes; other stores are held to it, so that an installation can change its store. */
export const MAX_PARTS = 10_000;
export const MAX_PART_BYTES = 5 * 2 ** 30;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export type MultipartDeps = UploadDeps & { readonly transfers: Transfers };
type NamedUpload = Upload & { readonly storeId: string };
export type Credential = { readonly partNumber: number; readonly url: string; readonly headers: object };

/** Begins an upload of which the client sends the parts, each to an address of its own. `base` is where our own are. */
export async function createUpload(
  deps: MultipartDeps,
  { path, parts }: { readonly path: ArtifactPath; readonly parts: number },
  base: string,
  { workspace, actor }: Context,
): Promise<{ readonly id: string; readonly credentials: readonly Credential[] }> {
  if (parts > MAX_PARTS) throw tooManyParts(deps.transfers);
  const id = randomUUID();
  const key = objectKey(workspace, path);
  const noted = { id, workspace, actor, path, key, storeId: null, byClient: true, secret: randomBytes(32) };
  await insertUpload(deps.pool, noted);
  const upload = { ...noted, storeId: await deps.store.multipart.begin(key, id) };
  await nameUpload(deps.pool, id, upload.storeId);
  const credentials: Credential[] = [];
  for (let number = 1; number <= parts; number += 1)
    credentials.push({ partNumber: number, ...(await addressOf(deps, upload, number, base)) });
  return { id, credentials };
}

/** Clients that read the first words of this send the file in one piece instead, which may be of any size. */
function tooManyParts({ mode }: Transfers): Error {
  const hint = `at most ${MAX_PARTS} parts; a larger MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE makes fewer`;
  if (mode === 'presigned-only') return new InvalidParameterError(`Invalid value for parameter 'num_parts': ${hint}`);
  return new NotImplementedError(`Multipart upload is not supported for the current artifact repository: ${hint}`);
}

async function addressOf({ store, transfers }: MultipartDeps, upload: NamedUpload, number: number, base: string) {
  const { mode, partUrlSeconds } = transfers;
  if (mode !== 'proxy' && store.presign) return store.presign.part(inStore(upload), number, partUrlSeconds);
  const expires = Math.floor(Date.now() / 1000) + partUrlSeconds;
  return { url: `${base}/mpu/parts/${partAddress(upload, number, expires)}`, headers: {} };
}

/** Of whoever may write there: an id alone opens nothing. */
async function uploadOf({ pool }: UploadDeps, id: string, path: ArtifactPath, { workspace }: Context) {
  const upload = UUID.test(id) ? await findUpload(pool, id) : undefined;
  if (!upload || !isNamed(upload)) throw noSuchUpload(id);
  if (!upload.byClient || upload.workspace !== workspace || upload.path !== path) throw noSuchUpload(id);
  return upload;
}

const noSuchUpload = (id: string, cause?: unknown) => new NotFoundError(`No multipart upload '${id}'`, { cause });

/** May be asked again, whatever came of the first time. Resolves when both the file and the event are durable. */
export async function completeUpload(
  deps: UploadDeps,
  { id, path, parts }: { readonly id: string; readonly path: ArtifactPath; readonly parts: readonly Part[] },
  context: Context,
): Promise<void> {
  const upload = await uploadOf(deps, id, path, context);
  if (upload.state === 'done') return;
  const stored = await deps.store.multipart.complete(inStore(upload), parts).catch(explain(id));
  await finish(deps, upload, stored, context);
}

/** Of an object that is there: the parts it was made of are no longer needed. */
export async function finish(deps: UploadDeps, upload: NamedUpload, stored: StoredObject, context: EventContext) {
  const { etag, sha256 } = stored;
  const digest = sha256 === undefined ? undefined : { key: upload.key, etag, sha256 };
  await deps.announce(artifactUploaded(upload.path, stored), context, { digest, upload: upload.id });
  await deps.store.multipart.abort(inStore(upload)).catch(() => {}); // else when the sweep comes by
}

/** What is complete stays complete. */
export async function abortUpload(deps: UploadDeps, id: string, path: ArtifactPath, context: Context): Promise<void> {
  const upload = await uploadOf(deps, id, path, context);
  if (upload.state === 'done') return;
  await deps.store.multipart.abort(inStore(upload));
  await deleteUpload(deps.pool, id);
}

/** Of an upload whose parts come through us. */
export async function findOpenUpload({ pool }: UploadDeps, id: string): Promise<NamedUpload> {
  const upload = UUID.test(id) ? await findUpload(pool, id) : undefined;
  if (!upload || !isNamed(upload) || !upload.byClient || upload.state === 'done') throw noSuchUpload(id);
  return upload;
}

/** Gives the tag by which the part is named when the upload is completed. */
export async function putPart(
  deps: UploadDeps,
  upload: NamedUpload,
  part: { readonly number: number; readonly body: Readable; readonly sizeBytes: number },
  signal: AbortSignal,
): Promise<string> {
  const { number, body, sizeBytes } = part;
  const put = () => deps.store.multipart.put(inStore(upload), number, body, { sizeBytes });
  const { etag } = await deps.slots.run(signal, put).catch(explain(upload.id));
  await touchUpload(deps.pool, upload.id);
  return etag;
}

const explain = (id: string) => (error: unknown) => {
  throw error instanceof NoSuchUpload ? noSuchUpload(id, error) : error;
};
