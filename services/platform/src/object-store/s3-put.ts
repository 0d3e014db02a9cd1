import type { Readable } from 'node:stream';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { UnavailableError } from '../errors.ts';
import { Counted } from './counted.ts';
import { NoSuchUpload, type PutOptions, type StoredObject } from './object-store.ts';
import { MAX_HELD, partSize } from './part-size.ts';
import { Pieces } from './pieces.ts';
import { s3Error } from './s3-errors.ts';
import { fullKey, type S3Location } from './s3-location.ts';
import { putInParts } from './s3-put-parts.ts';

/** What fits one part goes up in one PUT, the rest as a multipart upload. A body that fails takes what was sent with it. */
export async function putObject(
  location: S3Location,
  key: string,
  body: Readable,
  options: PutOptions,
): Promise<StoredObject> {
  fullKey(location, key); // before a byte is read
  const counted = new Counted(body, options);
  try {
    const etag = await send(location, key, counted, options);
    return { sizeBytes: counted.bytes, etag, sha256: counted.sha256() };
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof NoSuchUpload)
      throw new UnavailableError('The artifact store gave the upload up. Try again.', { cause: error });
    throw counted.bodyError ?? s3Error(error);
  } finally {
    counted.destroy();
  }
}

async function send(location: S3Location, key: string, counted: Counted, options: PutOptions): Promise<string> {
  const { sizeBytes } = options;
  const pieces = new Pieces(counted);
  const bytes = partSize(1, sizeBytes);
  const fail = (error: Error) => counted.destroy(error);
  if (bytes > MAX_HELD) return putInParts(location, key, pieces, undefined, options, fail);
  const first = await pieces.fill(Buffer.allocUnsafeSlow(Math.min(bytes, sizeBytes ?? bytes)));
  if (!(await pieces.atEnd())) return putInParts(location, key, pieces, first, options, fail);
  const { client, bucket, encryption } = location;
  const command = new PutObjectCommand({ Bucket: bucket, Key: fullKey(location, key), Body: first, ...encryption });
  return (await client.send(command, options.signal && { abortSignal: options.signal })).ETag ?? '';
}
