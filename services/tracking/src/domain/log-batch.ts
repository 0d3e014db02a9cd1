import type { Context } from '@millrace/platform/contract/context';
import { InvalidParameterError, NotFoundError } from '@millrace/platform/errors';
import { type Queryable, transaction } from '@millrace/platform/postgres';
import { insertBatch, listParamConflicts, ParamChanged, type ParamConflict } from '../store/log-batch.ts';
import type { Target } from '../store/log-points.ts';
import { insertModelMetrics } from '../store/logged-model-metrics.ts';
import { listMissingModels } from '../store/logged-models.ts';
import { inactiveRun } from './active-run.ts';
import type { Deps } from './deps.ts';
import type { KeyValue } from './experiment.ts';
import type { RunId } from './ids.ts';
import { toPoints } from './points.ts';
import { type LoggedMetric, type Metric, RUN_NAME_TAG } from './run.ts';

/** Checked: see check-batch.ts. */
export type Batch = {
  readonly metrics: readonly LoggedMetric[];
  readonly params: readonly KeyValue[];
  readonly tags: readonly KeyValue[];
};

/** Stores all of a batch or nothing of it. The same batch may be sent again. */
export async function logBatch(deps: Deps, context: Context, run: RunId, batch: Batch): Promise<void> {
  const { workspace } = context;
  const { metrics, params } = batch;
  const keyIds = await keyIdsOf(deps, workspace, metrics);
  const tags = lastOfEach(batch.tags);
  const ofModels = metrics.some(({ modelId }) => modelId);
  const onlyPoints = params.length === 0 && tags.length === 0 && !ofModels;
  const active = onlyPoints
    ? await deps.writePoints({ run, workspace, metrics, keyIds })
    : await writeAll(deps, { run, workspace }, { metrics, keyIds, params, tags });
  if (!active) throw await inactiveRun(deps.pool, workspace, run);
}

async function keyIdsOf({ keys }: Deps, workspace: string, metrics: readonly Metric[]): Promise<number[]> {
  const names = metrics.map(({ key }) => key);
  const ids = await keys.intern(workspace, names);
  return names.map((name) => ids.get(name) as number);
}

type Everything = Batch & { readonly keyIds: readonly number[] };

async function writeAll(deps: Deps, target: Target, { metrics, keyIds, params, tags }: Everything): Promise<boolean> {
  const points = toPoints([{ target: 1, metrics, keyIds }]);
  const name = tags.find(({ key }) => key === RUN_NAME_TAG)?.value ?? null;
  const write = (db: Queryable) => insertBatch(db, target, { points, params, tags, name });
  const ofModels = metrics.flatMap((metric, i) => (metric.modelId ? { ...metric, keyId: keyIds[i] as number } : []));
  try {
    if (ofModels.length === 0) return await write(deps.pool);
    return await transaction(deps.pool, async (tx) => {
      await checkModels(tx, target.workspace, ofModels);
      const active = await write(tx);
      if (active) await insertModelMetrics(tx, target, ofModels);
      return active;
    });
  } catch (error) {
    if (!(error instanceof ParamChanged)) throw error;
    throw paramsChanged(target.run, await listParamConflicts(deps.pool, target.run, params));
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
