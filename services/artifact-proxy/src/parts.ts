import type { ServiceParts } from '@millrace/platform/doctor/service-parts';
import { loadConfig } from './config.ts';
import { SCHEMA } from './events/announce.ts';
import { migrations } from './migrations.ts';

/** What the service stands on, by the same settings; throws ConfigError. */
export function readParts(env: NodeJS.ProcessEnv): ServiceParts {
  const { database, events, store, transfers, tracking, free } = loadConfig(env);
  const registry = free && { name: 'model-registry', variable: 'MODEL_REGISTRY_GRPC', address: free.registry };
  return {
    name: 'artifact-proxy',
    schema: SCHEMA,
    migrations,
    database,
    events,
    topic: 'millrace.artifacts.events',
    peers: [{ name: 'tracking', variable: 'TRACKING_GRPC', address: tracking }, ...(registry ? [registry] : [])],
    store: { config: store, presigned: transfers.mode !== 'proxy' },
  };
}
