import { join } from 'node:path';
import { loadConfig as artifactProxyConfig } from '@millrace/artifact-proxy/config';
import { loadConfig as modelRegistryConfig } from '@millrace/model-registry/config';
import type { ServiceConfig } from '@millrace/platform/config';
import { loadConfig as trackingConfig } from '@millrace/tracking/config';
import type { LocalOptions } from './options.ts';

/** What is known only once other parts have started. */
export type Addresses = { readonly databaseUrl: string; readonly artifactProxy: string; readonly tracking: string };

const NOT_YET: Addresses = { databaseUrl: 'postgres://unknown', artifactProxy: 'unknown:0', tracking: 'unknown:0' };

/** Throws one ConfigError that lists every bad variable, before anything is started. */
export function checkConfig(options: LocalOptions): { readonly logLevel: string } {
  const env = servicesEnv(options, NOT_YET);
  modelRegistryConfig(env);
  artifactProxyConfig(env);
  return trackingConfig(env);
}

/** The environment of every service; what is not given otherwise lies below the data folder. */
export function servicesEnv(options: LocalOptions, addresses: Partial<Addresses>): NodeJS.ProcessEnv {
  const given = options.env;
  return {
    LOG_LEVEL: 'warn',
    ...(given['S3_BUCKET'] ? {} : { ARTIFACTS_FOLDER: join(options.dataDir, 'artifacts') }),
    DATABASE_URL: addresses.databaseUrl,
    ...given,
    AUTH_MODE: 'anonymous',
    GRPC_HOST: '127.0.0.1',
    GRPC_PORT: '0',
    ARTIFACT_PROXY_GRPC: addresses.artifactProxy,
    TRACKING_GRPC: addresses.tracking,
  };
}

/** The service opens no HTTP port of its own. */
export function behindFront<C extends ServiceConfig>(config: C): C {
  return { ...config, http: null };
}
