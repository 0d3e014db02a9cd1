import { eventType } from '@millrace/platform/events/event-type';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import type { Logger } from '@millrace/platform/log';
import { type NewEvent, outboxRow } from '@millrace/platform/outbox/event';
import { enqueue } from '@millrace/platform/outbox/outbox';
import { type Pool, type Queryable, transaction } from '@millrace/platform/postgres';
import { ExperimentPurgedSchema, RunPurgedSchema } from '@millrace/proto/events/v1/tracking';
import {
  deleteEmptyExperiments,
  deleteLoggedModelRows,
  deletePoints,
  deleteRunRows,
  findPurgedRun,
  listPurgeableRuns,
  lockPurge,
  markModelsOfDeletedExperiments,
} from '../store/purge.ts';
import type { RunId } from './ids.ts';

export type PurgeOptions = {
  /** How long what is deleted can be restored. */
  readonly afterMs: number;
  readonly everyMs: number;
};

const RUN_PURGED = eventType(RunPurgedSchema);
const EXPERIMENT_PURGED = eventType(ExperimentPurgedSchema);

const RUNS_AT_A_TIME = 100;
const POINTS_AT_A_TIME = 50_000;
const OTHERS_AT_A_TIME = 1_000;
const ACTOR = 'retention';

/** Deletes for good, in the background and in small transactions, what has been deleted for longer than the retention. */
export function startPurge(
  pool: Pool,
  { afterMs, everyMs }: PurgeOptions,
  announce: () => void,
  lifecycle: Lifecycle,
  log: Logger,
): void {
  let running = Promise.resolve();
  const sweep = () => {
    running = running
      .then(() => purge(pool, Date.now() - afterMs, lifecycle.stopping))
      .then((purged) => {
        if (purged.runs + purged.models + purged.experiments === 0) return;
        log.info(purged, 'deleted for good what was deleted long ago');
        announce();
      })
      .catch((err: unknown) => log.warn({ err }, 'purging stopped early; it goes on at the next round'));
  };
  const timer = setInterval(sweep, everyMs);
  sweep();
  lifecycle.onClose('purge', async () => {
    clearInterval(timer);
    await running;
  });
}

async function purge(pool: Pool, beforeMs: number, stopping: AbortSignal) {
  const runs = await purgeRuns(pool, beforeMs, stopping);
  await purgePoints(pool, stopping);
  return transaction(pool, async (tx) => {
    if (stopping.aborted || !(await lockPurge(tx))) return { runs, models: 0, experiments: 0 };
    await markModelsOfDeletedExperiments(tx, beforeMs);
    const models = await deleteLoggedModelRows(tx, beforeMs, OTHERS_AT_A_TIME);
    return { runs, models, experiments: await purgeExperiments(tx, beforeMs) };
  });
}

async function purgeRuns(pool: Pool, beforeMs: number, stopping: AbortSignal): Promise<number> {
  let purged = 0;
  for (let found = RUNS_AT_A_TIME; found === RUNS_AT_A_TIME && !stopping.aborted; ) {
    const runs = await listPurgeableRuns(pool, beforeMs, RUNS_AT_A_TIME);
    found = runs.length;
    for (const run of runs) if (!stopping.aborted && (await purgeRun(pool, run, beforeMs))) purged++;
  }
  return purged;
}

async function purgeRun(pool: Pool, run: RunId, beforeMs: number): Promise<boolean> {
  return transaction(pool, async (tx) => {
    const purged = await deleteRunRows(tx, run, beforeMs);
    if (!purged) return false;
    const { workspace, experimentId, artifactUri } = purged;
    const data = { run_id: run, experiment_id: String(experimentId), artifact_uri: artifactUri };
    const event: NewEvent = { type: RUN_PURGED, key: run, subject: `runs/${run}`, data };
    await enqueue(tx, 'tracking', [outboxRow(event, { workspace, actor: ACTOR })]);
    return true;
  });
}

/** Piece by piece: there may be millions, and a crash in between only means that fewer are left. */
async function purgePoints(pool: Pool, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    const run = await findPurgedRun(pool);
    if (!run) return;
    await transaction(pool, (tx) => deletePoints(tx, run, POINTS_AT_A_TIME));
  }
}

async function purgeExperiments(tx: Queryable, beforeMs: number): Promise<number> {
  const purged = await deleteEmptyExperiments(tx, beforeMs, OTHERS_AT_A_TIME);
  const events = purged.map(({ id, workspace, name, artifactLocation }) => {
    const data = { experiment_id: String(id), name, artifact_location: artifactLocation };
    const event = { type: EXPERIMENT_PURGED, key: String(id), subject: `experiments/${id}`, data };
    return outboxRow(event, { workspace, actor: ACTOR });
  });
  await enqueue(tx, 'tracking', events);
  return purged.length;
}
