import type { Context } from '@millrace/platform/contract/context';
import { InvalidParameterError } from '@millrace/platform/errors';
import { listDatasetSummaries } from '../store/dataset-summaries.ts';
import type { DatasetSummary } from './dataset-summary.ts';
import type { Deps } from './deps.ts';
import { experimentId } from './ids.ts';

const MAX_EXPERIMENTS = 20;
const MAX_SUMMARIES = 1000;

/** The data sets that runs of the experiments used, deleted ones too. Unknown experiments have none. */
export async function searchDatasets(
  deps: Deps,
  { workspace, readable }: Context,
  experimentIds: readonly string[],
): Promise<readonly DatasetSummary[]> {
  const wrong = (rule: string) => new InvalidParameterError(`SearchDatasets request ${rule}`);
  const count = experimentIds.length;
  if (count === 0) throw wrong('must specify at least one experiment_id.');
  if (count > MAX_EXPERIMENTS)
    throw wrong(`cannot specify more than ${MAX_EXPERIMENTS} experiment_ids. Received ${count} experiment_ids.`);
  const ids = experimentIds.map(experimentId);
  const experiments = readable ? ids.filter((id) => readable(String(id))) : ids;
  return listDatasetSummaries(deps.pool, workspace, experiments, MAX_SUMMARIES);
}
