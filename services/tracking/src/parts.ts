import type { ServiceParts } from '@millrace/platform/doctor/service-parts';
import { loadConfig } from './config.ts';
import { migrations, SCHEMA } from './migrations.ts';

/** What the service stands on, by the same settings; throws ConfigError. */
export function readParts(env: NodeJS.ProcessEnv): ServiceParts {
  const { database, events, artifactProxy } = loadConfig(env);
  const peers = [{ name: 'artifact-proxy', variable: 'ARTIFACT_PROXY_GRPC', address: artifactProxy }];
  return { name: 'tracking', schema: SCHEMA, migrations, database, events, topic: 'millrace.tracking.events', peers };
}
