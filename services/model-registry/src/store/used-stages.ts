import type { Queryable } from '@millrace/platform/postgres';
import type { Stage } from './stages.ts';

/** Of all workspaces. Reads all versions: for the start of the service. */
export async function listUsedStages(db: Queryable): Promise<Stage[]> {
  const { rows } = await db.query<{ stage: Stage }>(
    'select distinct stage from registry.model_version where deleted_ms is null order by stage',
  );
  return rows.map(({ stage }) => stage);
}
