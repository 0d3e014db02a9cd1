import { ConfigError } from '@millrace/platform/config';
import { implement, operations } from '@millrace/platform/contract/operation';
import { openAccess } from '@millrace/platform/contract/permissions';
import type { EventConsumer } from '@millrace/platform/events/cloud-event';
import { openEvents } from '@millrace/platform/events/events';
import { Lifecycle } from '@millrace/platform/lifecycle';
import type { Logger } from '@millrace/platform/log';
import { migrate } from '@millrace/platform/migrations';
import type { ObjectStore } from '@millrace/platform/object-store/object-store';
import { openObjectStore } from '@millrace/platform/object-store/open-object-store';
import { pruneInbox } from '@millrace/platform/outbox/inbox';
import { outboxRouter } from '@millrace/platform/outbox/outbox-router';
import { startRelay } from '@millrace/platform/outbox/relay';
import { checkDatabase, openPool } from '@millrace/platform/postgres';
import { serveSurface } from '@millrace/platform/serve-surface';
import { observedStore } from '@millrace/platform/telemetry/store-calls';
import { ArtifactService } from '@millrace/proto/artifacts/v1/artifacts';
import { file_millrace_events_v1_artifacts } from '@millrace/proto/events/v1/artifacts';
import type { Config } from './config.ts';
import { type FreeDeps, startFreeing } from './domain/free-artifacts.ts';
import { startUploadSweep } from './domain/sweep-uploads.ts';
import { watchUploads } from './domain/upload-metrics.ts';
import { UploadSlots } from './domain/upload-slots.ts';
import { announcer, SCHEMA } from './events/announce.ts';
import { subscribeToTracking } from './events/tracking-events.ts';
import { artifactService } from './handlers/artifact-service.ts';
import { migrations } from './migrations.ts';
import { ownedRouter } from './owned-routes.ts';
import { registryVersions } from './registry-versions.ts';
import { artifactRouter } from './routes.ts';
import { trackingRoots } from './tracking-roots.ts';
import { versionRouter } from './version-routes.ts';
import { versionSources } from './version-sources.ts';

const MAX_WAITING_UPLOADS = 1000;
const UPLOAD_WAIT_MS = 20_000;

/** Composition root: the only place that knows every concrete dependency. */
export async function startArtifactProxy(config: Config, log: Logger) {
  const lifecycle = new Lifecycle();
  try {
    const store = observedStore(openObjectStore(config.store), lifecycle);
    lifecycle.onClose('object store', () => store.close());
    await tryOut(store, config, log);

    const { url, migrate: apply, poolSize: size } = config.database;
    await migrate(migrations, { url, apply, log });
    const pool = openPool({ ...config.database, size, name: 'artifact-proxy' }, lifecycle, log);
    const events = await openEvents(config.events, apply, lifecycle, log);
    const relay = {
      schema: SCHEMA,
      topic: 'millrace.artifacts.events',
      service: 'artifact-proxy',
      pool,
      publisher: events.publisher,
    };
    const { wake } = startRelay(relay, lifecycle, log);

    const slots = new UploadSlots({
      slots: config.maxUploads,
      maxWaiting: MAX_WAITING_UPLOADS,
      waitMs: UPLOAD_WAIT_MS,
    });
    watchUploads(pool, slots, lifecycle);
    const { transfers } = config;
    const deps = { pool, store, slots, announce: announcer(pool, wake), authorize: openAccess, transfers };
    const findRoot = trackingRoots(config.tracking, lifecycle);
    const findSource = versionSources(config.registry, lifecycle);
    startUploadSweep(deps, config.sweep, lifecycle, log);
    pruneInbox(pool, SCHEMA, lifecycle, log);
    if (config.free) await startHousekeeping(deps, config.free, events.consumer, lifecycle, log);
    const surface = {
      operations: operations([implement(ArtifactService, artifactService(deps))], openAccess),
      events: [file_millrace_events_v1_artifacts],
      router: [
        artifactRouter(deps),
        ownedRouter({ ...deps, findRoot }),
        versionRouter({ ...deps, findRoot, findSource }),
        outboxRouter({ ...relay, wake, authorize: openAccess }),
      ],
    };
    const checks = {
      database: () => checkDatabase(pool),
      'object store': (signal: AbortSignal) => store.check(signal),
    };
    const served = { title: 'Millrace artifact proxy', surface, checks, requestTimeoutMs: 0 };
    return await serveSurface(served, config, lifecycle, log);
  } catch (error) {
    await lifecycle.close();
    throw error;
  }
}

/** Frees the bytes of what the tracking service has forgotten. */
async function startHousekeeping(
  deps: Omit<FreeDeps, 'keysInUse'>,
  config: NonNullable<Config['free']>,
  consumer: EventConsumer,
  lifecycle: Lifecycle,
  log: Logger,
): Promise<void> {
  const keysInUse = registryVersions(config.registry, lifecycle);
  const wake = startFreeing({ ...deps, keysInUse }, config, lifecycle, log);
  await subscribeToTracking(consumer, deps.pool, deps.store.uri, wake);
}

/** A folder that cannot be used stays so until somebody acts; a remote store may be there in a moment. */
async function tryOut(store: ObjectStore, { store: { provider } }: Config, log: Logger): Promise<void> {
  try {
    await store.check();
  } catch (error) {
    const { message } = error as Error;
    if (provider === 'folder') throw new ConfigError(message, { cause: error });
    log.warn({ err: error }, message);
  }
}
