import type { Queryable } from '@millrace/platform/postgres';
import type { DatasetSummary } from '../domain/dataset-summary.ts';
import type { ExperimentId } from '../domain/ids.ts';

/** What runs of the experiments used, once for each context, by experiment, name and digest. */
export async function listDatasetSummaries(
  db: Queryable,
  workspace: string,
  experiments: readonly ExperimentId[],
  limit: number,
): Promise<DatasetSummary[]> {
  const { rows } = await db.query<DatasetSummary>({
    name: 'list_dataset_summaries',
    text: `
      select d.experiment_id as experiment, d.name, d.digest, i.context
      from tracking.dataset d
      cross join lateral (
        select distinct nullif(context, '') as context from tracking.run_dataset_input where dataset_id = d.dataset_id) i
      where d.workspace_id = $1 and d.experiment_id = any($2::bigint[])
      order by d.experiment_id, d.name, d.digest, i.context nulls first
      limit $3`,
    values: [workspace, experiments, limit],
  });
  return rows;
}
