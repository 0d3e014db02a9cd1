import type { Context } from '@millrace/platform/contract/context';
import { InvalidParameterError, NotFoundError } from '@millrace/platform/errors';
import { type Queryable, transaction } from '@millrace/platform/postgres';
import { insertBatch, listParamConflicts, ParamChanged, type ParamConflict } from '../store/log-batch.ts';
import { insertPoints } from '../store/log-points.ts';
import { insertModelMetrics } from '../store/logged-model-metrics.ts';
import { listMissingModels } from '../store/logged-models.ts';
import { inactiveRun } from './active-run.ts';
import type { Deps } from './deps.ts';
import type { KeyValue } from './experiment.ts';
import type { RunId } from './ids.ts';
import { toPoints } from './points.ts';
import { type Metric, RUN_NAME_TAG } from './run.ts';

/** A metric that also belongs to a logged model. */
export type LoggedMetric = Metric & {
  readonly modelId?: string | undefined;
  readonly datasetName?: string | undefined;
  readonly datasetDigest?: string | undefined;
};

/** Checked: see check-batch.ts. */
export type Batch = {
  readonly metrics: readonly LoggedMetric[];
  readonly params: readonly KeyValue[];
  readonly tags: readonly KeyValue[];
};

/** Stores all of a batch or nothing of it. The same batch may be sent again. */
export async function logBatch(deps: Deps, context: Context, run: RunId, batch: Batch): Promise<void> {
  const { workspace } = context;
  const ids = await deps.keys.intern(
    workspace,
    batch.metrics.map(({ key }) => key),
  );
  const points = toPoints(batch.metrics, (key) => ids.get(key) as number);
  const tags = lastOfEach(batch.tags);
  const stored = {
    points,
    params: batch.params,
    tags,
    name: tags.find(({ key }) => key === RUN_NAME_TAG)?.value ?? null,
  };
  const write = (db: Queryable) =>
    batch.params.length === 0 && tags.length === 0
      ? insertPoints(db, workspace, run, points)
      : insertBatch(db, workspace, run, stored);
  const ofModels = batch.metrics.filter(({ modelId }) => modelId);
  const writeWithModels = () =>
    transaction(deps.pool, async (tx) => {
      await checkModels(tx, workspace, ofModels);
      const active = await write(tx);
      if (active) await insertModelMetrics(tx, workspace, run, ofModels, (key) => ids.get(key) as number);
      return active;
    });
  try {
    const active = ofModels.length === 0 ? await write(deps.pool) : await writeWithModels();
    if (!active) throw await inactiveRun(deps.pool, workspace, run);
  } catch (error) {
    if (!(error instanceof ParamChanged)) throw error;
    throw paramsChanged(run, await listParamConflicts(deps.pool, run, batch.params));
  }
}

async function checkModels(db: Queryable, workspace: string, metrics: readonly LoggedMetric[]): Promise<void> {
  const ids = new Set(metrics.flatMap(({ modelId }) => modelId ?? []));
  const missing = await listMissingModels(db, workspace, [...ids]);
  if (missing.length > 0) throw new NotFoundError(`Logged model with ID '${missing.join("', '")}' not found.`);
}

/** The last of several tags of one key wins; an empty run name changes nothing. */
function lastOfEach(tags: readonly KeyValue[]): KeyValue[] {
  const values = new Map(tags.map(({ key, value }) => [key, value]));
  if (values.get(RUN_NAME_TAG) === '') values.delete(RUN_NAME_TAG);
  return [...values].map(([key, value]) => ({ key, value }));
}

function paramsChanged(run: RunId, conflicts: readonly ParamConflict[]): InvalidParameterError {
  const [first] = conflicts;
  if (conflicts.length === 1 && first) {
    return new InvalidParameterError(
      `Changing param values is not allowed. Param with key='${first.key}' was already logged with value='${first.stored}' ` +
        `for run ID='${run}'. Attempted logging new value '${first.given}'.`,
    );
  }
  const list = conflicts.map(
    ({ key, stored, given }) => `{'key': '${key}', 'old_value': '${stored}', 'new_value': '${given}'}`,
  );
  return new InvalidParameterError(
    `Changing param values is not allowed. Params were already logged='[${list.join(', ')}]' for run ID='${run}'.`,
  );
}
