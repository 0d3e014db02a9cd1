import type { Queryable } from '@millrace/platform/postgres';
import type { ExperimentId, RunId } from '../domain/ids.ts';

/** Which experiment each run belongs to; ids of other workspaces, or of no run, are left out. */
export async function listRunExperiments(
  db: Queryable,
  workspace: string,
  runs: readonly RunId[],
): Promise<Map<RunId, ExperimentId>> {
  const { rows } = await db.query<{ readonly run: RunId; readonly experiment: ExperimentId }>({
    name: 'list_run_experiments',
    text: `
      select replace(run_id::text, '-', '') as run, experiment_id as experiment
      from tracking.run where run_id = any($1::uuid[]) and workspace_id = $2`,
    values: [runs, workspace],
  });
  return new Map(rows.map(({ run, experiment }) => [run, experiment]));
}
