import type { Queryable } from '@millrace/platform/postgres';
import type { ExperimentId, RunId } from '../domain/ids.ts';

export type RunOrigin = {
  readonly run: RunId;
  readonly experiment: ExperimentId;
  readonly artifactUri: string;
  /** null: none was logged. */
  readonly gitCommit: string | null;
  readonly datasets: readonly { readonly name: string; readonly digest: string }[];
};

const MAX_DATASETS = 100;

/** In no order; ids of other workspaces, or of no run, are left out. */
export async function listRunOrigins(db: Queryable, workspace: string, runs: readonly RunId[]): Promise<RunOrigin[]> {
  const { rows } = await db.query<RunOrigin>({
    name: 'list_run_origins',
    text: `
      select replace(r.run_id::text, '-', '') as run, r.experiment_id as experiment, r.artifact_uri as "artifactUri",
        (select t.value from tracking.run_tag t where t.run_id = r.run_id and t.key = 'mlflow.source.git.commit')
          as "gitCommit",
        coalesce((
          select json_agg(s) from (
            select d.name, d.digest
            from tracking.run_dataset_input i
              join tracking.dataset d on d.workspace_id = i.workspace_id and d.dataset_id = i.dataset_id
            where i.run_id = r.run_id order by i.dataset_id limit ${MAX_DATASETS}) s), '[]') as datasets
      from tracking.run r where r.run_id = any($1::uuid[]) and r.workspace_id = $2`,
    values: [runs, workspace],
  });
  return rows;
}
