import { operations } from '@millrace/platform/contract/operation';
import { openAccess } from '@millrace/platform/contract/permissions';
import { openEvents } from '@millrace/platform/events/events';
import { Lifecycle } from '@millrace/platform/lifecycle';
import type { Logger } from '@millrace/platform/log';
import { migrate, outboxMigrations } from '@millrace/platform/migrations';
import { startRelay } from '@millrace/platform/outbox/relay';
import { checkDatabase, openPool } from '@millrace/platform/postgres';
import { serveSurface } from '@millrace/platform/serve-surface';
import type { Config } from './config.ts';
import { startWebhooks } from './delivery/start.ts';
import type { Deps } from './domain/deps.ts';
import { registryServices } from './handlers/services.ts';
import { trackingLineage } from './tracking-lineage.ts';

const SCHEMA = 'registry';
const TOPIC = 'millrace.registry.events';
const migrations = { schema: SCHEMA, table: 'migrations', folder: new URL('../migrations/', import.meta.url) };

/** Composition root: the only place that knows every concrete dependency. */
export async function startModelRegistry(config: Config, log: Logger) {
  const lifecycle = new Lifecycle();
  try {
    const { url, migrate: apply } = config.database;
    await migrate([outboxMigrations(SCHEMA), migrations], { url, apply, log });
    const pool = openPool({ ...config.database, size: config.database.poolSize, name: SCHEMA }, lifecycle, log);
    const { publisher } = await openEvents(config.events, apply, lifecycle, log);
    const relay = { schema: SCHEMA, topic: TOPIC, service: 'model-registry', pool, publisher };
    const { wake } = startRelay(relay, lifecycle, log);
    const webhooks = startWebhooks(
      { pool, config: config.webhooks, graceMs: config.shutdownGraceMs / 2 },
      lifecycle,
      log,
    );
    const deps: Deps = {
      pool,
      lineage: trackingLineage(config.tracking, lifecycle),
      announce: wake,
      sourcePattern: config.sourcePattern,
      webhooks,
    };
    const surface = { operations: operations(registryServices(deps), openAccess) };
    const checks = { database: () => checkDatabase(pool) };
    return await serveSurface({ title: 'Millrace model registry', surface, checks }, config, lifecycle, log);
  } catch (error) {
    await lifecycle.close();
    throw error;
  }
}
