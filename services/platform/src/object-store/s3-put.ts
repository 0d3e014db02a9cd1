import type { Readable } from 'node:stream';
import { Upload } from '@aws-sdk/lib-storage';
import { Counted } from './counted.ts';
import type { PutOptions, StoredObject } from './object-store.ts';
import { s3Error } from './s3-errors.ts';
import { fullKey, type S3Location } from './s3-location.ts';

const MAX_PARTS = 10_000;
const PART_BYTES = 5 * 1024 * 1024; // the least that S3 takes
const PART_BYTES_UNKNOWN = 8 * 1024 * 1024; // up to 78 GiB without a length
const PARTS_IN_FLIGHT = 2;

/**
 * What fits one part goes up in one PUT, the rest as a multipart upload; parts are kept in memory while they travel, so that
 * each can be sent again: at most three at a time. A body that fails takes its multipart upload with it.
 */
export async function putObject(
  location: S3Location,
  key: string,
  body: Readable,
  options: PutOptions,
): Promise<StoredObject> {
  const target = { Bucket: location.bucket, Key: fullKey(location, key) };
  const counted = new Counted(body, options);
  try {
    const upload = new Upload({
      client: location.client,
      params: { ...target, Body: counted },
      partSize: partBytes(options.sizeBytes),
      queueSize: PARTS_IN_FLIGHT,
    });
    const { ETag = '' } = await upload.done();
    return { sizeBytes: counted.bytes, etag: ETag };
  } catch (error) {
    options.signal?.throwIfAborted();
    throw counted.bodyError ?? s3Error(error);
  } finally {
    counted.destroy();
  }
}

function partBytes(sizeBytes: number | undefined): number {
  if (sizeBytes === undefined) return PART_BYTES_UNKNOWN;
  return Math.max(PART_BYTES, Math.ceil(sizeBytes / MAX_PARTS));
}
