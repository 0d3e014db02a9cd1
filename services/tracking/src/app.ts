import { operations } from '@millrace/platform/contract/operation';
import { openAccess } from '@millrace/platform/contract/permissions';
import { openEvents } from '@millrace/platform/events/events';
import { Lifecycle } from '@millrace/platform/lifecycle';
import type { Logger } from '@millrace/platform/log';
import { migrate } from '@millrace/platform/migrations';
import { pruneInbox } from '@millrace/platform/outbox/inbox';
import { outboxRouter } from '@millrace/platform/outbox/outbox-router';
import { startRelay } from '@millrace/platform/outbox/relay';
import { checkDatabase, openPool } from '@millrace/platform/postgres';
import { serveSurface } from '@millrace/platform/serve-surface';
import { file_millrace_events_v1_tracking } from '@millrace/proto/events/v1/tracking';
import { artifactProxy } from './artifact-proxy.ts';
import type { Config } from './config.ts';
import { appendToPath } from './domain/artifact-location.ts';
import type { Deps } from './domain/deps.ts';
import { pointWriter } from './domain/point-writer.ts';
import { startPurge } from './domain/purge.ts';
import { subscribeToRegistry } from './events/registered-models.ts';
import { trackingServices } from './handlers/services.ts';
import { migrations, SCHEMA } from './migrations.ts';
import { insertDefaultExperiment } from './store/experiments.ts';
import { MetricKeys } from './store/metric-keys.ts';
import { transferModes } from './transfer-modes.ts';

/** Composition root: the only place that knows every concrete dependency. */
export async function startTracking(config: Config, log: Logger) {
  const lifecycle = new Lifecycle();
  try {
    const { url, migrate: apply } = config.database;
    await migrate(migrations, { url, apply, log });
    const pool = openPool({ ...config.database, size: config.database.poolSize, name: SCHEMA }, lifecycle, log);
    const events = await openEvents(config.events, apply, lifecycle, log);
    const relay = {
      schema: SCHEMA,
      topic: 'millrace.tracking.events',
      service: 'tracking',
      pool,
      publisher: events.publisher,
    };
    const { wake } = startRelay(relay, lifecycle, log);
    await subscribeToRegistry(events.consumer, pool);
    pruneInbox(pool, SCHEMA, lifecycle, log);
    if (config.purge) startPurge(pool, config.purge, wake, lifecycle, log);
    await insertDefaultExperiment(pool, 'default', appendToPath(config.artifactRoot, '/0'), Date.now());

    const deps: Deps = {
      pool,
      keys: new MetricKeys(pool),
      writePoints: pointWriter(pool, lifecycle),
      artifacts: artifactProxy(config.artifactProxy, lifecycle),
      announce: wake,
      artifactRoot: config.artifactRoot,
      truncateLongValues: config.truncateLongValues,
      searchTimeoutMs: config.database.statementTimeoutMs,
    };
    const rpcs = operations(trackingServices(deps, transferModes(config.artifactProxy, lifecycle)), openAccess);
    const checks = { database: () => checkDatabase(pool) };
    return await serveSurface(
      {
        title: 'Millrace tracking',
        surface: {
          operations: rpcs,
          router: outboxRouter({ ...relay, wake, authorize: openAccess }),
          events: [file_millrace_events_v1_tracking],
        },
        checks,
      },
      config,
      lifecycle,
      log,
    );
  } catch (error) {
    await lifecycle.close();
    throw error;
  }
}
