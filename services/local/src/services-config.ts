import { join } from 'node:path';
import { loadConfig as artifactProxyConfig } from '@millrace/artifact-proxy/config';
import { loadConfig as modelRegistryConfig } from '@millrace/model-registry/config';
import type { ServiceConfig } from '@millrace/platform/config';
import { loadConfig as trackingConfig } from '@millrace/tracking/config';
import { freePort } from './free-port.ts';
import type { LocalOptions } from './options.ts';

/** All on this machine; what is a number is a gRPC port. */
export type Addresses = {
  readonly databaseUrl: string;
  readonly artifactProxy: number;
  readonly tracking: number;
  readonly modelRegistry: number;
};

const HOST = '127.0.0.1';
const NOT_YET: Addresses = { databaseUrl: 'postgres://unknown', artifactProxy: 0, tracking: 0, modelRegistry: 0 };

/** The services call each other, so their ports are chosen before they start. */
export async function chooseAddresses(databaseUrl: string): Promise<Addresses> {
  const [artifactProxy, tracking, modelRegistry] = await Promise.all([freePort(HOST), freePort(HOST), freePort(HOST)]);
  return { databaseUrl, artifactProxy, tracking, modelRegistry };
}

/** Throws one ConfigError that lists every bad variable, before anything is started. */
export function checkConfig(options: LocalOptions): Pick<ServiceConfig, 'logLevel' | 'telemetry'> {
  const env = servicesEnv(options, NOT_YET);
  modelRegistryConfig(env);
  artifactProxyConfig(env);
  return trackingConfig(env);
}

/** The environment of every service; what is not given otherwise lies below the data folder. */
export function servicesEnv(options: LocalOptions, addresses: Addresses): NodeJS.ProcessEnv {
  const given = options.env;
  return {
    LOG_LEVEL: 'warn',
    ...(given['S3_BUCKET'] ? {} : { ARTIFACTS_FOLDER: join(options.dataDir, 'artifacts') }),
    DATABASE_URL: addresses.databaseUrl,
    ...given,
    AUTH_MODE: 'anonymous',
    GRPC_HOST: HOST,
    GRPC_PORT: '0',
    ARTIFACT_PROXY_GRPC: `${HOST}:${addresses.artifactProxy}`,
    TRACKING_GRPC: `${HOST}:${addresses.tracking}`,
    MODEL_REGISTRY_GRPC: `${HOST}:${addresses.modelRegistry}`,
  };
}

/** The service opens no HTTP port of its own, and its gRPC port where others look for it. */
export function behindFront<C extends ServiceConfig>(config: C, grpcPort = 0): C {
  return { ...config, http: null, grpc: { ...config.grpc, port: grpcPort } };
}
