import { operations } from '@millrace/platform/contract/operation';
import { openAccess } from '@millrace/platform/contract/permissions';
import { openEvents } from '@millrace/platform/events/events';
import { Lifecycle } from '@millrace/platform/lifecycle';
import type { Logger } from '@millrace/platform/log';
import { migrate } from '@millrace/platform/migrations';
import { outboxRouter } from '@millrace/platform/outbox/outbox-router';
import { startRelay } from '@millrace/platform/outbox/relay';
import { checkDatabase, openPool } from '@millrace/platform/postgres';
import { serveSurface } from '@millrace/platform/serve-surface';
import { file_millrace_events_v1_registry } from '@millrace/proto/events/v1/registry';
import { artifactFiles } from './artifact-files.ts';
import type { Config } from './config.ts';
import { startWebhooks } from './delivery/start.ts';
import type { Deps } from './domain/deps.ts';
import { startDescribing } from './domain/describe-versions.ts';
import { openStages } from './domain/open-stages.ts';
import { allEvents } from './event-stream.ts';
import { registryServices } from './handlers/services.ts';
import { migrations, SCHEMA } from './migrations.ts';
import { trackingLineage } from './tracking-lineage.ts';

const TOPIC = 'millrace.registry.events';

/** Composition root: the only place that knows every concrete dependency. */
export async function startModelRegistry(config: Config, log: Logger) {
  const lifecycle = new Lifecycle();
  try {
    const { url, migrate: apply } = config.database;
    await migrate(migrations, { url, apply, log });
    const pool = openPool({ ...config.database, size: config.database.poolSize, name: SCHEMA }, lifecycle, log);
    const { publisher, reader } = await openEvents(config.events, apply, lifecycle, log);
    const relay = { schema: SCHEMA, topic: TOPIC, service: 'model-registry', pool, publisher };
    const { wake } = startRelay(relay, lifecycle, log);
    const webhooks = startWebhooks(
      { pool, config: config.webhooks, graceMs: config.shutdownGraceMs / 2 },
      lifecycle,
      log,
    );
    const parts = {
      pool,
      authorize: openAccess,
      lineage: trackingLineage(config.tracking, lifecycle),
      readFile: artifactFiles(config.artifactProxy, lifecycle),
      announce: wake,
      stages: await openStages(pool, config.stages, log),
      sourcePattern: config.sourcePattern,
      webhooks,
    };
    const { wake: describe } = startDescribing(parts, lifecycle, log);
    const deps: Deps = { ...parts, describe };
    const surface = {
      operations: operations(registryServices(deps), openAccess),
      router: [outboxRouter({ ...relay, wake, authorize: openAccess }), allEvents(reader, openAccess, lifecycle)],
      events: [file_millrace_events_v1_registry],
    };
    const checks = { database: () => checkDatabase(pool) };
    return await serveSurface({ title: 'Millrace model registry', surface, checks }, config, lifecycle, log);
  } catch (error) {
    await lifecycle.close();
    throw error;
  }
}
