import { addAbortSignal, Readable } from 'node:stream';
import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import type { ByteRange, GetOptions, ObjectBody, ObjectInfo } from './object-store.ts';
import { isNoSuchObject } from './s3-errors.ts';
import { inTime } from './s3-in-time.ts';
import { fullKey, type S3Location } from './s3-location.ts';

export async function getObject(
  location: S3Location,
  key: string,
  { range, signal }: GetOptions,
): Promise<ObjectBody | undefined> {
  const command = new GetObjectCommand({
    Bucket: location.bucket,
    Key: fullKey(location, key),
    ...(range && { Range: rangeHeader(range) }),
  });
  const answer = await unlessMissing(location.client.send(command, signal && { abortSignal: signal }));
  if (!answer) return undefined;
  const { Body: stream, ContentLength = 0, ContentRange } = answer;
  if (!(stream instanceof Readable)) throw new Error('S3 answered without a stream');
  if (signal) addAbortSignal(signal, stream);
  const totalBytes = ContentRange ? Number(ContentRange.slice(ContentRange.lastIndexOf('/') + 1)) : ContentLength;
  return { ...infoOf(answer, totalBytes), stream, sizeBytes: ContentLength };
}

export async function headObject(location: S3Location, key: string): Promise<ObjectInfo | undefined> {
  const command = new HeadObjectCommand({ Bucket: location.bucket, Key: fullKey(location, key) });
  const answer = await unlessMissing(inTime(location, (limits) => location.client.send(command, limits)));
  return answer && infoOf(answer, answer.ContentLength ?? 0);
}

type Described = { readonly ETag?: string | undefined; readonly LastModified?: Date | undefined };

const infoOf = ({ ETag = '', LastModified = new Date(0) }: Described, totalBytes: number): ObjectInfo => ({
  totalBytes,
  etag: ETag,
  modifiedAt: LastModified,
});

const rangeHeader = ({ first, last }: ByteRange) => `bytes=${first}-${Number.isFinite(last) ? last : ''}`;

async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isNoSuchObject(error)) return undefined;
    throw error;
  }
}
