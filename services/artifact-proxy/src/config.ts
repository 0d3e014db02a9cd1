import { ConfigError, flag, grpcAddress, parseEnv, serviceConfig, serviceEnv } from '@millrace/platform/config';
import type { ObjectStoreConfig } from '@millrace/platform/object-store/open-object-store';
import { z } from 'zod';
import type { SweepOptions } from './domain/sweep-uploads.ts';
import type { Transfers } from './domain/transfers.ts';

const count = z.coerce.number().int().positive();
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' });

const KEPT_FOR_SECONDS = 24 * 3_600;
/** Requests that still upload say so every minute. */
const OTHER_ABANDONED_AFTER_SECONDS = 3_600;

const Env = serviceEnv.extend({
  ARTIFACTS_FOLDER: z.string().optional(),
  S3_BUCKET: z.string().optional(),
  S3_PREFIX: z.string().optional(),
  S3_ENDPOINT: httpUrl.optional(),
  S3_REGION: z.string().default('us-east-1'),
  S3_ACCESS_KEY_ID: z.string().optional(),
  S3_SECRET_ACCESS_KEY: z.string().optional(),
  /** Buckets as a part of the path, not of the host name: what stores other than AWS need. */
  S3_FORCE_PATH_STYLE: flag.optional(),
  /** Where clients reach the store when they are sent there, if that is another address than ours. */
  S3_PUBLIC_ENDPOINT: httpUrl.optional(),
  S3_CA_FILE: z.string().optional(),
  S3_SSE: z.enum(['AES256', 'aws:kms', 'aws:kms:dsse']).optional(),
  S3_SSE_KMS_KEY_ID: z.string().optional(),
  S3_MAX_SOCKETS: count.default(256),
  S3_CONNECT_TIMEOUT_MS: count.default(5_000),
  S3_REQUEST_TIMEOUT_MS: count.default(60_000),
  ARTIFACT_TRANSFER_MODE: z.enum(['proxy', 'presigned', 'presigned-only']).default('proxy'),
  MAX_PROXIED_BYTES: count.default(100 * 2 ** 20),
  PUBLIC_URL: httpUrl.optional(),
  PRESIGNED_DOWNLOAD_URL_TTL_SECONDS: count.max(604_800).default(300),
  UPLOAD_PART_URL_TTL_SECONDS: count.max(604_800).default(3_600),
  ABANDONED_UPLOAD_HOURS: z.coerce.number().min(1).max(168).default(24),
  UPLOAD_SWEEP_SECONDS: z.coerce.number().positive().default(600),
  MAX_UPLOADS: count.default(64),
  TRACKING_GRPC: grpcAddress,
  /** Without it nobody can say which artifacts model versions stand on, so none are freed, nor served by version. */
  MODEL_REGISTRY_GRPC: grpcAddress.optional(),
  FREE_PURGED_ARTIFACTS: flag.optional(),
  FREE_EVERY_SECONDS: z.coerce.number().positive().default(60),
});

/** Reads the process environment once; throws ConfigError. */
export function loadConfig(env: NodeJS.ProcessEnv) {
  const parsed = parseEnv(Env, env);
  return {
    ...serviceConfig(parsed),
    store: storeConfig(parsed),
    /** Uploads that are read at the same time; each takes up to 25 MB of memory with S3. Others wait. */
    maxUploads: parsed.MAX_UPLOADS,
    transfers: transfersConfig(parsed),
    sweep: sweepConfig(parsed),
    free: freeConfig(parsed),
    registry: parsed.MODEL_REGISTRY_GRPC ?? null,
    tracking: parsed.TRACKING_GRPC,
  };
}

export type Config = ReturnType<typeof loadConfig>;

function storeConfig(env: z.infer<typeof Env>): ObjectStoreConfig {
  if (env.ARTIFACTS_FOLDER !== undefined && env.S3_BUCKET !== undefined)
    throw invalid('ARTIFACTS_FOLDER: is set, and so is S3_BUCKET; artifacts have one home');
  if (env.ARTIFACTS_FOLDER !== undefined) return { provider: 'folder', path: env.ARTIFACTS_FOLDER };
  if (env.S3_BUCKET === undefined) throw invalid('S3_BUCKET: missing, and so is ARTIFACTS_FOLDER');
  return {
    provider: 's3',
    endpoint: env.S3_ENDPOINT,
    region: env.S3_REGION,
    bucket: env.S3_BUCKET,
    prefix: env.S3_PREFIX,
    credentials: credentialsOf(env),
    forcePathStyle: env.S3_FORCE_PATH_STYLE ?? env.S3_ENDPOINT !== undefined,
    publicEndpoint: env.S3_PUBLIC_ENDPOINT,
    caFile: env.S3_CA_FILE,
    encryption: encryptionOf(env),
    maxSockets: env.S3_MAX_SOCKETS,
    connectTimeoutMs: env.S3_CONNECT_TIMEOUT_MS,
    requestTimeoutMs: env.S3_REQUEST_TIMEOUT_MS,
  };
}

function encryptionOf({ S3_SSE: algorithm, S3_SSE_KMS_KEY_ID: kmsKeyId }: z.infer<typeof Env>) {
  if (kmsKeyId !== undefined && (algorithm === undefined || algorithm === 'AES256'))
    throw invalid('S3_SSE_KMS_KEY_ID: is set, but S3_SSE is not aws:kms');
  return algorithm && { algorithm, kmsKeyId };
}

function transfersConfig(env: z.infer<typeof Env>): Transfers {
  const mode = env.ARTIFACT_TRANSFER_MODE;
  if (mode !== 'proxy' && env.S3_BUCKET === undefined)
    throw invalid(`ARTIFACT_TRANSFER_MODE: ${mode} needs S3_BUCKET; clients cannot reach a folder`);
  return {
    mode,
    publicUrl: env.PUBLIC_URL,
    maxProxiedBytes: mode === 'presigned-only' ? env.MAX_PROXIED_BYTES : undefined,
    downloadUrlSeconds: env.PRESIGNED_DOWNLOAD_URL_TTL_SECONDS,
    partUrlSeconds: env.UPLOAD_PART_URL_TTL_SECONDS,
  };
}

function sweepConfig(env: z.infer<typeof Env>): SweepOptions {
  const byClientSeconds = env.ABANDONED_UPLOAD_HOURS * 3_600;
  return { everyMs: env.UPLOAD_SWEEP_SECONDS * 1_000, byClientSeconds, otherSeconds: OTHER_ABANDONED_AFTER_SECONDS };
}

/** null: the artifacts of purged runs and experiments and of deleted models stay. */
function freeConfig(env: z.infer<typeof Env>) {
  const { MODEL_REGISTRY_GRPC: registry, FREE_PURGED_ARTIFACTS: isWanted } = env;
  if (isWanted && registry === undefined) throw invalid('MODEL_REGISTRY_GRPC: missing, FREE_PURGED_ARTIFACTS is true');
  if (registry === undefined || isWanted === false) return null;
  return { registry, everyMs: env.FREE_EVERY_SECONDS * 1_000, keptForSeconds: KEPT_FOR_SECONDS };
}

/** Both or neither: without them the SDK looks for the credentials of the machine or the pod. */
function credentialsOf({ S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey }: z.infer<typeof Env>) {
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined;
  if (accessKeyId === undefined) throw invalid('S3_ACCESS_KEY_ID: missing, S3_SECRET_ACCESS_KEY is set');
  if (secretAccessKey === undefined) throw invalid('S3_SECRET_ACCESS_KEY: missing, S3_ACCESS_KEY_ID is set');
  return { accessKeyId, secretAccessKey };
}

const invalid = (problem: string) => new ConfigError(`Invalid environment:\n  ${problem}`);
