import type { Readable } from 'node:stream';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { Counted } from './counted.ts';
import {
  type Multipart,
  type MultipartUpload,
  NoSuchUpload,
  type Part,
  type PartOptions,
  type StoredObject,
} from './object-store.ts';
import { Pieces } from './pieces.ts';
import { isNoSuchObject, s3Error, translated } from './s3-errors.ts';
import { inTime } from './s3-in-time.ts';
import { fullKey, type S3Location } from './s3-location.ts';
import { putPart } from './s3-put-parts.ts';
import { abortUpload, beginUpload, completeUpload, listUploads, MARK } from './s3-upload.ts';

export function s3Multipart(location: S3Location): Multipart {
  return {
    begin: (key, mark) => translated(() => beginUpload(location, key, mark, false)),
    put: (upload, number, body, options) => put(location, upload, number, body, options),
    complete: (upload, parts) => translated(() => complete(location, upload, parts)),
    completed: (upload) => translated(() => findCompleted(location, upload)),
    find: ({ key }) => translated(() => listUploads(location, key)),
    abort: (upload) => translated(() => abortUpload(location, upload)),
  };
}

async function put(
  location: S3Location,
  upload: MultipartUpload,
  number: number,
  body: Readable,
  options: PartOptions,
): Promise<StoredObject> {
  const counted = new Counted(body, options);
  try {
    const etag = await putPart(location, upload, number, new Pieces(counted), options);
    return { sizeBytes: counted.bytes, etag };
  } catch (error) {
    options.signal?.throwIfAborted();
    throw counted.bodyError ?? s3Error(error);
  } finally {
    counted.destroy();
  }
}

/** Stores differ in what they say to the second attempt, so then the object itself is looked at. */
async function complete(location: S3Location, upload: MultipartUpload, parts: readonly Part[]): Promise<StoredObject> {
  try {
    const sent = parts.map(({ number, etag }) => ({ PartNumber: number, ETag: etag }));
    await completeUpload(location, upload, sent);
  } catch (error) {
    if (!(error instanceof NoSuchUpload)) throw error;
  }
  const stored = await findCompleted(location, upload);
  if (stored) return stored;
  throw new NoSuchUpload('There is no such upload');
}

async function findCompleted(location: S3Location, { key, mark }: MultipartUpload): Promise<StoredObject | undefined> {
  const command = new HeadObjectCommand({ Bucket: location.bucket, Key: fullKey(location, key) });
  const answer = await inTime(location, (limits) => location.client.send(command, limits)).catch((error: unknown) => {
    if (!isNoSuchObject(error)) throw error;
  });
  if (answer?.Metadata?.[MARK] !== mark) return undefined;
  return { sizeBytes: answer.ContentLength ?? 0, etag: answer.ETag ?? '' };
}
