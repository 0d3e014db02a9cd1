import type { ServiceParts } from '@millrace/platform/doctor/service-parts';
import { loadConfig } from './config.ts';
import { migrations, SCHEMA } from './migrations.ts';

/** What the service stands on, by the same settings; throws ConfigError. */
export function readParts(env: NodeJS.ProcessEnv): ServiceParts {
  const { database, events, tracking } = loadConfig(env);
  const peers = [{ name: 'tracking', variable: 'TRACKING_GRPC', address: tracking }];
  return {
    name: 'model-registry',
    schema: SCHEMA,
    migrations,
    database,
    events,
    topic: 'millrace.registry.events',
    peers,
  };
}
