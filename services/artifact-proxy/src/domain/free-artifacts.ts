import type { Lifecycle } from '@millrace/platform/lifecycle';
import type { Logger } from '@millrace/platform/log';
import { listPages, type ObjectStore } from '@millrace/platform/object-store/object-store';
import type { Pool } from '@millrace/platform/postgres';
import type { Announce } from '../events/announce.ts';
import { artifactsDeleted } from '../events/artifact-events.ts';
import { deleteDigests } from '../store/digests.ts';
import { type Doomed, deleteDoomed, listDoomedBelow, postponeDoomed, takeDoomed } from '../store/doomed.ts';

export type FreeOptions = {
  readonly everyMs: number;
  /** Until it is looked again whether versions still stand on what was kept for them. */
  readonly keptForSeconds: number;
};

export type FreeDeps = {
  readonly pool: Pool;
  readonly store: ObjectStore;
  readonly announce: Announce;
  /** The keys, at, below or above the directory, that live model versions stand on. Throws when that cannot be known. */
  readonly keysInUse: (doomed: Doomed) => Promise<readonly string[]>;
};

const LEASE_SECONDS = 3_600;
const FIRST_RETRY_SECONDS = 30;
const MAX_RETRY_SECONDS = 3_600;
const MAX_BELOW = 10_000;
const ACTOR = 'retention';

/**
 * Frees, in the background, directories whose owners are gone. What stops it half-way, a crash too, only means that less is
 * left for the next try. Gives what wakes it.
 */
export function startFreeing(deps: FreeDeps, options: FreeOptions, lifecycle: Lifecycle, log: Logger): () => void {
  let [running, isDue] = [Promise.resolve(), false];
  const wake = () => {
    if (isDue) return;
    isDue = true;
    running = running.then(() => {
      isDue = false;
      return freeAll(deps, options, lifecycle.stopping, log);
    });
  };
  const timer = setInterval(wake, options.everyMs);
  wake();
  lifecycle.onClose('freeing of artifacts', async () => {
    clearInterval(timer);
    await running;
  });
  return wake;
}

async function freeAll(deps: FreeDeps, options: FreeOptions, stopping: AbortSignal, log: Logger): Promise<void> {
  try {
    while (!stopping.aborted) {
      const doomed = await takeDoomed(deps.pool, LEASE_SECONDS);
      if (!doomed) return;
      try {
        await free(deps, options, doomed, stopping);
      } catch (err) {
        log.warn({ err, path: doomed.path }, 'could not free artifacts; they are tried again later');
        const seconds = Math.min(FIRST_RETRY_SECONDS * 2 ** (doomed.tries - 1), MAX_RETRY_SECONDS);
        await postponeDoomed(deps.pool, doomed.key, seconds);
      }
    }
  } catch (err) {
    log.warn({ err }, 'could not look for artifacts to free');
  }
}

async function free(deps: FreeDeps, options: FreeOptions, doomed: Doomed, stopping: AbortSignal): Promise<void> {
  const { key, path, workspace } = doomed;
  const below = await listDoomedBelow(deps.pool, key, MAX_BELOW);
  if (below.length === MAX_BELOW) return postponeDoomed(deps.pool, key, options.keptForSeconds);
  const kept = [...(await deps.keysInUse(doomed)), ...below];
  const files = await freeExcept(deps, key, kept, stopping);
  if (files > 0) await deps.announce(artifactsDeleted(path, files), { workspace, actor: ACTOR });
  const isWhole = kept.length === 0 && !stopping.aborted;
  if (isWhole) await deleteDoomed(deps.pool, key);
  else await postponeDoomed(deps.pool, key, stopping.aborted ? 0 : options.keptForSeconds);
}

/** Deletes all of a directory but what lies at or below the kept keys. Gives the number of files. */
async function freeExcept(
  deps: FreeDeps,
  dir: string,
  kept: readonly string[],
  stopping: AbortSignal,
): Promise<number> {
  const { store, pool } = deps;
  if (stopping.aborted || kept.some((key) => key === '' || key === dir || dir.startsWith(`${key}/`))) return 0;
  const inside = kept.filter((key) => key.startsWith(`${dir}/`));
  if (inside.length === 0) {
    const files = await store.deleteTree(dir);
    await deleteDigests(pool, dir);
    return files;
  }
  let files = 0;
  for await (const page of listPages(store, dir)) {
    for (const { name, isDir } of page) {
      const key = `${dir}/${name}`;
      if (isDir) files += await freeExcept(deps, key, inside, stopping);
      else if (!inside.includes(key) && (await store.delete(key))) files += 1;
    }
  }
  return files;
}
