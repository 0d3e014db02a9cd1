import type { Context } from '@millrace/platform/contract/context';
import { InvalidParameterError } from '@millrace/platform/errors';
import { listBulkHistory, listSampledHistory, type StepRange } from '../store/bulk-history.ts';
import { listRunExperiments } from '../store/run-experiments.ts';
import type { Deps } from './deps.ts';
import { isRunId, type RunId } from './ids.ts';
import { invalid } from './names.ts';
import type { RunPoint } from './run-point.ts';

const MAX_RUNS = 100;
const MAX_POINTS = 25_000;
const MAX_STEPS = 2_500;
/** In one sampled answer, which is all in memory: of more than 27 runs fewer steps are chosen than might be asked for. */
const MAX_SAMPLED_POINTS = 3 * MAX_POINTS;
const SEE_DOCS = 'See the API docs for more information about request parameters.';

/** The points of several runs, the first ones where there are more than `maxResults`; unknown runs and keys have none. */
export async function getBulkHistory(
  deps: Deps,
  context: Context,
  runIds: readonly string[],
  key: string | undefined,
  maxResults: number = MAX_POINTS,
): Promise<readonly RunPoint[]> {
  checkBulk(runIds, key, maxResults);
  const { runs, keyId } = await found(deps, context, runIds, key);
  if (keyId === undefined) return [];
  return listBulkHistory(deps.pool, context.workspace, runs, keyId, Math.min(maxResults, MAX_POINTS));
}

function checkBulk(runIds: readonly string[], key: string | undefined, maxResults: number): asserts key is string {
  const wrong = (rule: string) => new InvalidParameterError(`GetMetricHistoryBulk request ${rule}`);
  if (runIds.length === 0) throw wrong('must specify at least one run_id.');
  if (runIds.length > MAX_RUNS) {
    throw wrong(`cannot specify more than ${MAX_RUNS} run_ids. Received ${runIds.length} run_ids.`);
  }
  if (key === undefined) throw wrong('must specify a metric_key.');
  if (maxResults < 0) throw invalid('max_results', maxResults, 'It must not be negative.');
}

export type Interval = {
  readonly firstStep: number | undefined;
  readonly lastStep: number | undefined;
  readonly maxSteps: number | undefined;
};

/** The points of several runs at some of their steps, as listSampledHistory chooses them; unknown runs and keys have none. */
export async function getSampledHistory(
  deps: Deps,
  context: Context,
  runIds: readonly string[],
  key: string,
  { firstStep, lastStep, maxSteps = MAX_STEPS }: Interval,
): Promise<readonly RunPoint[]> {
  checkSampled(runIds, maxSteps);
  const range = stepRange(firstStep, lastStep);
  const { runs, keyId } = await found(deps, context, runIds, key);
  if (keyId === undefined) return [];
  const maxPointsPerRun = Math.min(MAX_POINTS, Math.floor(MAX_SAMPLED_POINTS / runIds.length));
  const sampling = { ...range, maxSteps: Math.min(maxSteps, maxPointsPerRun - endsOf(runIds)), maxPointsPerRun };
  return listSampledHistory(deps.pool, context.workspace, runs, keyId, sampling);
}

/** Steps that are chosen beyond `maxSteps`: the last one, and the first and last of each run. */
const endsOf = (runs: readonly string[]) => 1 + 2 * runs.length;

function checkSampled(runIds: readonly string[], maxSteps: number): void {
  if (runIds.length === 0)
    throw new InvalidParameterError(`Missing value for required parameter 'run_ids'. ${SEE_DOCS}`);
  if (runIds.length > MAX_RUNS) {
    throw new InvalidParameterError(
      `GetMetricHistoryBulkInterval request must specify at most ${MAX_RUNS} run_ids. ` +
        `Received ${runIds.length} run_ids. ${SEE_DOCS}`,
    );
  }
  if (maxSteps < 1 || maxSteps > MAX_STEPS) {
    throw new InvalidParameterError(`max_results must be between 1 and ${MAX_STEPS}. ${SEE_DOCS}`);
  }
}

function stepRange(first: number | undefined, last: number | undefined): StepRange {
  if (first === undefined && last === undefined)
    return { first: Number.MIN_SAFE_INTEGER, last: Number.MAX_SAFE_INTEGER };
  if (first === undefined || last === undefined) {
    throw new InvalidParameterError('If either start step or end step are specified, both must be specified.');
  }
  if (last < first) {
    throw new InvalidParameterError(
      `end_step must be greater than start_step. Found start_step=${first} and end_step=${last}.`,
    );
  }
  return { first, last };
}

/** What there is to look for; without `keyId` there is nothing. */
async function found(
  deps: Deps,
  { workspace, readable }: Context,
  runIds: readonly string[],
  key: string,
): Promise<{ readonly runs: readonly RunId[]; readonly keyId: number | undefined }> {
  const runs = runIds.filter(isRunId);
  const keyId = (await deps.keys.find(workspace, [key])).get(key);
  if (!readable || keyId === undefined) return { runs, keyId };
  const experiments = await listRunExperiments(deps.pool, workspace, runs);
  const mayRead = (run: RunId) => {
    const experiment = experiments.get(run);
    return experiment !== undefined && readable(String(experiment));
  };
  return { runs: runs.filter(mayRead), keyId };
}
