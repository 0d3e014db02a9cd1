import { readFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { rootCertificates } from 'node:tls';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { ConfigError } from '../config.ts';
import { observeS3 } from '../telemetry/s3-calls.ts';
import type { S3Config } from './s3-config.ts';
import { leavePayloadUnsigned } from './s3-unsigned-payload.ts';

const MAX_SOCKETS = 256;
const CONNECT_TIMEOUT_MS = 5_000;
/** Until the answer begins: one part of an upload must pass within it. */
export const REQUEST_TIMEOUT_MS = 60_000;
/** Without a byte in either direction: a store that hangs, or a reader that stopped reading. */
const IDLE_TIMEOUT_MS = 60_000;
/** Three more tries, after waits that double and are spread at random; a bucket of tokens ends them when most calls fail. */
const ATTEMPTS = 4;

/** For our own calls. */
export function s3Client(config: S3Config, more: S3ClientConfig = {}): S3Client {
  const agent = { keepAlive: true, maxSockets: config.maxSockets ?? MAX_SOCKETS };
  const client = new S3Client({
    ...access(config, config.endpoint),
    retryMode: 'standard',
    maxAttempts: ATTEMPTS,
    requestHandler: {
      // agents, not their settings: for large bodies the SDK would make others, without them
      httpAgent: new HttpAgent(agent),
      httpsAgent: new HttpsAgent({ ...agent, ...(config.caFile && { ca: certificates(config.caFile) }) }),
      connectionTimeout: config.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
      requestTimeout: config.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      socketTimeout: config.requestTimeoutMs ?? IDLE_TIMEOUT_MS,
    },
    ...more,
  });
  leavePayloadUnsigned(client);
  observeS3(client);
  return client;
}

/** Only signs, for clients that reach the store under another address than we do. */
export const signingClient = (config: S3Config): S3Client =>
  new S3Client({ ...access(config, config.publicEndpoint ?? config.endpoint), ...NO_CHECKSUMS });

export const NO_CHECKSUMS = {
  requestChecksumCalculation: 'WHEN_REQUIRED',
  responseChecksumValidation: 'WHEN_REQUIRED',
} as const;

function access({ region, credentials, forcePathStyle }: S3Config, endpoint: string | undefined): S3ClientConfig {
  return { region, forcePathStyle, ...(endpoint && { endpoint }), ...(credentials && { credentials }) };
}

/** Beside the usual ones: a proxy on the way to AWS may have one of its own. */
function certificates(file: string): string[] {
  try {
    return [...rootCertificates, readFileSync(file, 'utf8')];
  } catch (cause) {
    throw new ConfigError(`The certificates of the artifact store cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  }
}
