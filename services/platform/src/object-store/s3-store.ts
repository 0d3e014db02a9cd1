import { isNativeError } from 'node:util/types';
import { HeadBucketCommand, S3ServiceException } from '@aws-sdk/client-s3';
import { UnavailableError } from '../errors.ts';
import type { ObjectStore } from './object-store.ts';
import { NO_CHECKSUMS, REQUEST_TIMEOUT_MS, s3Client, signingClient } from './s3-client.ts';
import type { S3Config } from './s3-config.ts';
import { deleteObject, deleteObjects } from './s3-delete.ts';
import { translated } from './s3-errors.ts';
import { getObject, headObject } from './s3-get.ts';
import { listObjects } from './s3-list.ts';
import { fullKey, type S3Location } from './s3-location.ts';
import { s3Multipart } from './s3-multipart.ts';
import { s3Presign } from './s3-presign.ts';
import { putObject } from './s3-put.ts';

/** Objects in a bucket of AWS S3, MinIO or anything else that speaks S3. */
export function openS3Store(config: S3Config): ObjectStore {
  const location = s3Location(config);
  const signer = signingClient(config);
  return {
    put: (key, body, options = {}) => putObject(location, key, body, options),
    get: (key, options = {}) => translated(() => getObject(location, key, options)),
    stat: (key) => translated(() => headObject(location, key)),
    list: (dir, options = {}) => translated(() => listObjects(location, dir, options)),
    delete: (key) => translated(() => deleteObject(location, key)),
    deleteTree: (dir) => translated(() => deleteObjects(location, dir)),
    multipart: s3Multipart(location),
    presign: s3Presign(location, signer),
    async removeAbandoned() {}, // stores find them only by exact key
    check: (signal) => checkBucket(location, config, signal),
    uri: (key) => `s3://${location.bucket}/${fullKey(location, key)}`,
    close() {
      for (const client of [location.client, location.plainClient, signer]) client.destroy();
    },
  };
}

function s3Location(config: S3Config): S3Location {
  const prefix = (config.prefix ?? '').replace(/^\/+|\/+$/g, '');
  const { algorithm, kmsKeyId } = config.encryption ?? {};
  return {
    client: s3Client(config),
    plainClient: s3Client(config, NO_CHECKSUMS),
    bucket: config.bucket,
    deadlineMs: config.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
    prefix: prefix && `${prefix}/`,
    encryption: {
      ...(algorithm && { ServerSideEncryption: algorithm }),
      ...(kmsKeyId && { SSEKMSKeyId: kmsKeyId }),
    },
  };
}

async function checkBucket(
  { client, bucket }: S3Location,
  { endpoint = 'AWS S3' }: S3Config,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await client.send(new HeadBucketCommand({ Bucket: bucket }), signal && { abortSignal: signal });
  } catch (cause) {
    throw new UnavailableError(`The bucket '${bucket}' at ${endpoint} cannot be used: ${reason(cause)}`, { cause });
  }
}

/** HEAD has no body, so its errors have no text of their own. */
function reason(error: unknown): string {
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  if (status === 404) return 'it does not exist';
  if (status === 403) return 'the credentials are wrong or have no access to it';
  if (status !== undefined) return `it answered ${status}`;
  return isNativeError(error) ? error.message || String('code' in error ? error.code : error.name) : String(error);
}
