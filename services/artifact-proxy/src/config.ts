import { ConfigError, flag, grpcAddress, parseEnv, serviceConfig, serviceEnv } from '@millrace/platform/config';
import type { ObjectStoreConfig } from '@millrace/platform/object-store/open-object-store';
import { z } from 'zod';

const Env = serviceEnv.extend({
  ARTIFACTS_FOLDER: z.string().optional(),
  S3_BUCKET: z.string().optional(),
  S3_PREFIX: z.string().optional(),
  S3_ENDPOINT: z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' }).optional(),
  S3_REGION: z.string().default('us-east-1'),
  S3_ACCESS_KEY_ID: z.string().optional(),
  S3_SECRET_ACCESS_KEY: z.string().optional(),
  /** Buckets as a part of the path, not of the host name: what stores other than AWS need. */
  S3_FORCE_PATH_STYLE: flag.optional(),
  MAX_UPLOADS: z.coerce.number().int().positive().default(64),
  TRACKING_GRPC: grpcAddress,
});

/** Reads the process environment once; throws ConfigError. */
export function loadConfig(env: NodeJS.ProcessEnv) {
  const parsed = parseEnv(Env, env);
  return {
    ...serviceConfig(parsed),
    store: storeConfig(parsed),
    /** Uploads that are read at the same time; each takes up to 25 MB of memory with S3. Others wait. */
    maxUploads: parsed.MAX_UPLOADS,
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
  };
}

/** Both or neither: without them the SDK looks for the credentials of the machine or the pod. */
function credentialsOf({ S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey }: z.infer<typeof Env>) {
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined;
  if (accessKeyId === undefined) throw invalid('S3_ACCESS_KEY_ID: missing, S3_SECRET_ACCESS_KEY is set');
  if (secretAccessKey === undefined) throw invalid('S3_SECRET_ACCESS_KEY: missing, S3_ACCESS_KEY_ID is set');
  return { accessKeyId, secretAccessKey };
}

const invalid = (problem: string) => new ConfigError(`Invalid environment:\n  ${problem}`);
