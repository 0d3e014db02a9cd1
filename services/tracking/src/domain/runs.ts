import type { Context } from '@millrace/platform/contract/context';
import { InvalidParameterError, NotFoundError } from '@millrace/platform/errors';
import { eventType } from '@millrace/platform/events/event-type';
import { type NewEvent, outboxRow } from '@millrace/platform/outbox/event';
import {
  RunCreatedSchema,
  RunDeletedSchema,
  RunFailedSchema,
  RunFinishedSchema,
  RunKilledSchema,
  RunRestoredSchema,
} from '@millrace/proto/events/v1/tracking';
import { listRuns } from '../store/run-details.ts';
import {
  deleteRunTag,
  findRunInfo,
  findRunState,
  insertRun,
  type RunChange,
  setRunDeleted,
  updateRun as storeChange,
} from '../store/runs.ts';
import { inactiveRun } from './active-run.ts';
import { fitTag } from './check-batch.ts';
import type { Deps } from './deps.ts';
import { refuseDuplicateTags } from './duplicate-tags.ts';
import type { KeyValue } from './experiment.ts';
import { inactiveExperiment } from './experiment-state.ts';
import { type ExperimentId, newRunId, type RunId, runNotFound } from './ids.ts';
import { randomName } from './random-name.ts';
import { RUN_NAME_TAG, type Run, type RunInfo, type RunStatus } from './run.ts';

const TYPES = {
  created: eventType(RunCreatedSchema),
  finished: eventType(RunFinishedSchema),
  failed: eventType(RunFailedSchema),
  killed: eventType(RunKilledSchema),
  deleted: eventType(RunDeletedSchema),
  restored: eventType(RunRestoredSchema),
};

/** Of one run, all events are in order. */
export const runEvent = (type: keyof typeof TYPES, run: RunId, data: NewEvent['data'] = {}): NewEvent => ({
  type: TYPES[type],
  key: run,
  subject: `runs/${run}`,
  data: { run_id: run, ...data },
});

export type RunToCreate = {
  readonly experimentId: ExperimentId;
  /** Empty: the name in the tags, or a random one. */
  readonly name: string;
  readonly userId: string;
  readonly startTimeMs: number;
  readonly tags: readonly KeyValue[];
};

export async function createRun(deps: Deps, context: Context, given: RunToCreate): Promise<Run> {
  refuseDuplicateTags(given.tags);
  const fitted = given.tags.map((tag) => fitTag(tag, deps.truncateLongValues));
  const tags = new Map(fitted.map(({ key, value }) => [key, value]));
  const name = chooseName(given.name, tags.get(RUN_NAME_TAG) ?? '');
  tags.set(RUN_NAME_TAG, name);
  const created = {
    ...given,
    id: newRunId(),
    name,
    tags: [...tags].map(([key, value]) => ({ key, value })).sort((a, b) => (a.key < b.key ? -1 : 1)),
  };
  const data = { experiment_id: String(given.experimentId), run_name: name, user_id: given.userId };
  const event = outboxRow(runEvent('created', created.id, data), context);
  const info = await insertRun(deps.pool, context.workspace, created, event);
  if (!info) throw await inactiveExperiment(deps.pool, context.workspace, given.experimentId);
  deps.announce();
  return { info, metrics: [], params: [], tags: created.tags, datasets: [], modelInputs: [], modelOutputs: [] };
}

/** Neither the name nor the name's tag has to be given. */
export function chooseName(given: string, inTags: string): string {
  if (given !== '' && inTags !== '' && given !== inTags) {
    throw new InvalidParameterError(
      `Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='${given}', mlflow.runName='${inTags}').`,
    );
  }
  return given || inTags || randomName();
}

/** Deleted ones too. */
export async function getRun(deps: Deps, { workspace }: Context, id: RunId): Promise<Run> {
  const [run] = await listRuns(deps.pool, workspace, [id]);
  if (!run) throw runNotFound(id);
  return run;
}

/** What `getRun` gives without what was logged. */
export async function getRunInfo(deps: Deps, { workspace }: Context, id: RunId): Promise<RunInfo> {
  const info = await findRunInfo(deps.pool, workspace, id);
  if (!info) throw runNotFound(id);
  return info;
}

const ENDED: Partial<Record<RunStatus, keyof typeof TYPES>> = {
  FINISHED: 'finished',
  FAILED: 'failed',
  KILLED: 'killed',
};

export async function updateRun(deps: Deps, context: Context, id: RunId, change: RunChange): Promise<RunInfo> {
  const ended = change.status && ENDED[change.status];
  const event = ended ? outboxRow(runEvent(ended, id, { status: change.status }), context) : null;
  const info = await storeChange(deps.pool, context.workspace, id, change, event);
  if (!info) throw await inactiveRun(deps.pool, context.workspace, id);
  if (event) deps.announce();
  return info;
}

/** Idempotent; artifacts and logged models stay. */
export async function deleteRun(deps: Deps, context: Context, id: RunId): Promise<void> {
  await setDeleted(deps, context, id, Date.now());
}

/** Idempotent. */
export async function restoreRun(deps: Deps, context: Context, id: RunId): Promise<void> {
  await setDeleted(deps, context, id, null);
}

async function setDeleted(deps: Deps, context: Context, id: RunId, deletedMs: number | null): Promise<void> {
  const event = outboxRow(runEvent(deletedMs === null ? 'restored' : 'deleted', id), context);
  if (!(await setRunDeleted(deps.pool, context.workspace, id, deletedMs, event))) throw runNotFound(id);
  deps.announce();
}

/** The run keeps its name when its name tag goes. */
export async function removeRunTag(deps: Deps, { workspace }: Context, id: RunId, key: string): Promise<void> {
  const state = await findRunState(deps.pool, workspace, id);
  if (!state || state.deleted) throw await inactiveRun(deps.pool, workspace, id);
  if (!(await deleteRunTag(deps.pool, workspace, id, key))) {
    throw new NotFoundError(`No tag with name: ${key} in run with id ${id}`);
  }
}
