import type { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  S3ServiceException,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { InvalidParameterError } from '../errors.ts';
import { type MultipartUpload, NoSuchUpload } from './object-store.ts';
import { COMPLETING, inTime } from './s3-in-time.ts';
import { fullKey, type S3Location } from './s3-location.ts';

/** Object metadata that tells which upload in parts an object came from. */
export const MARK = 'millrace-upload';

export type S3Upload = MultipartUpload;
export type SentPart = {
  readonly PartNumber: number;
  readonly ETag: string;
  readonly ChecksumCRC32?: string | undefined;
};

/** With checksums, every part must come with one, and completing must repeat them: so not where clients send the parts. */
export async function beginUpload(
  location: S3Location,
  key: string,
  mark: string,
  checksums: boolean,
): Promise<string> {
  const command = new CreateMultipartUploadCommand({
    Bucket: location.bucket,
    Key: fullKey(location, key),
    Metadata: { [MARK]: mark },
    ...(checksums && { ChecksumAlgorithm: 'CRC32' }),
    ...location.encryption,
  });
  const client = checksums ? location.client : location.plainClient;
  const { UploadId } = await inTime(location, (limits) => client.send(command, limits));
  if (!UploadId) throw new Error('S3 began an upload without an id');
  return UploadId;
}

type PartBody = {
  readonly body: Readable | Buffer;
  readonly sizeBytes: number;
  readonly signal?: AbortSignal | undefined;
  /** Without a checksum, as the upload was begun. */
  readonly plain?: boolean;
};

export async function sendPart(
  location: S3Location,
  upload: S3Upload,
  number: number,
  { body, sizeBytes, signal, plain = false }: PartBody,
): Promise<SentPart> {
  const command = new UploadPartCommand({
    ...target(location, upload),
    PartNumber: number,
    Body: body,
    ContentLength: sizeBytes,
  });
  const streams = !(body instanceof Uint8Array);
  const options = { ...(signal && { abortSignal: signal }), ...(streams && { requestTimeout: 0 }) };
  const answer = await (plain ? location.plainClient : location.client).send(command, options).catch(explain);
  return { PartNumber: number, ETag: answer.ETag ?? '', ChecksumCRC32: answer.ChecksumCRC32 };
}

/** Gives the object's tag. */
export async function completeUpload(
  location: S3Location,
  upload: S3Upload,
  parts: readonly SentPart[],
): Promise<string> {
  const command = new CompleteMultipartUploadCommand({
    ...target(location, upload),
    MultipartUpload: { Parts: [...parts] },
  });
  const send = inTime(location, (limits) => location.client.send(command, limits), COMPLETING);
  return (await send.catch(explain)).ETag ?? '';
}

/** Also when it is not there. */
export async function abortUpload(location: S3Location, upload: S3Upload): Promise<void> {
  try {
    const command = new AbortMultipartUploadCommand(target(location, upload));
    await inTime(location, (limits) => location.client.send(command, limits));
  } catch (error) {
    if (!isNoSuchUpload(error)) throw error;
  }
}

/** Not by a folder: some stores find uploads by their exact key only. */
export async function listUploads(location: S3Location, key: string): Promise<string[]> {
  const Key = fullKey(location, key);
  const command = new ListMultipartUploadsCommand({ Bucket: location.bucket, Prefix: Key });
  const { Uploads = [] } = await inTime(location, (limits) => location.client.send(command, limits));
  return Uploads.flatMap((upload) => (upload.Key === Key && upload.UploadId ? upload.UploadId : []));
}

const target = (location: S3Location, { key, id }: S3Upload) => ({
  Bucket: location.bucket,
  Key: fullKey(location, key),
  UploadId: id,
});

const isNoSuchUpload = (error: unknown): boolean =>
  error instanceof S3ServiceException && error.name === 'NoSuchUpload';

const PARTS_DO_NOT_FIT = new Set(['InvalidPart', 'InvalidPartOrder', 'EntityTooSmall', 'EntityTooLarge']);

function explain(error: unknown): never {
  if (isNoSuchUpload(error)) throw new NoSuchUpload('There is no such upload', { cause: error });
  if (error instanceof S3ServiceException && PARTS_DO_NOT_FIT.has(error.name))
    throw new InvalidParameterError(`Invalid parts: ${error.message || error.name}`, { cause: error });
  throw error;
}
