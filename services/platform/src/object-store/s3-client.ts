import { S3Client } from '@aws-sdk/client-s3';
import type { S3Config } from './open-object-store.ts';

const MAX_SOCKETS = 256;
const CONNECT_TIMEOUT_MS = 5_000;
/** Until the answer begins: one part of an upload must pass within it. */
const REQUEST_TIMEOUT_MS = 60_000;
/** Without a byte in either direction: a store that hangs, or a reader that stopped reading. */
const IDLE_TIMEOUT_MS = 60_000;

export function s3Client({ endpoint, region, credentials, forcePathStyle }: S3Config): S3Client {
  const agent = { keepAlive: true, maxSockets: MAX_SOCKETS };
  return new S3Client({
    region,
    forcePathStyle,
    retryMode: 'standard',
    maxAttempts: 3,
    ...(endpoint && { endpoint }),
    ...(credentials && { credentials }),
    requestHandler: {
      httpAgent: agent,
      httpsAgent: agent,
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      socketTimeout: IDLE_TIMEOUT_MS,
    },
  });
}
