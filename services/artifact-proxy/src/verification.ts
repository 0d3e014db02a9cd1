import { Lifecycle } from '@millrace/platform/lifecycle';
import { createLog } from '@millrace/platform/log';
import { openObjectStore } from '@millrace/platform/object-store/open-object-store';
import type { Found } from '@millrace/platform/object-store/walk';
import { openPool } from '@millrace/platform/postgres';
import { loadConfig } from './config.ts';
import { inventory, isThere, type ObjectState, verifyDigests, verifyInventory } from './domain/verify-objects.ts';

/** Reads only; whoever opened it closes it. */
export type ArtifactVerification = {
  readonly digests: (readAll: boolean) => AsyncIterable<ObjectState>;
  readonly inventory: () => AsyncIterable<Found>;
  readonly against: (earlier: AsyncIterable<Found>) => AsyncIterable<ObjectState>;
  /** Undefined for a path that is none of ours. */
  readonly isThere: (workspace: string, path: string) => Promise<boolean | undefined>;
  readonly close: () => Promise<void>;
};

/** By the settings of the service; throws ConfigError. */
export function openVerification(env: NodeJS.ProcessEnv): ArtifactVerification {
  const { database, store: config, logLevel } = loadConfig(env);
  const lifecycle = new Lifecycle();
  const store = openObjectStore(config);
  lifecycle.onClose('object store', () => store.close());
  const pool = openPool({ ...database, size: 1, name: 'millrace-verify' }, lifecycle, createLog('verify', logLevel));
  return {
    digests: (readAll) => verifyDigests(pool, store, readAll),
    inventory: () => inventory(store),
    against: (earlier) => verifyInventory(store, earlier),
    isThere: (workspace, path) => isThere(store, workspace, path),
    close: () => lifecycle.close(),
  };
}
