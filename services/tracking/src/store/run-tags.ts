import type { Queryable } from '@millrace/platform/postgres';
import type { KeyValue } from '../domain/experiment.ts';
import type { RunId } from '../domain/ids.ts';

/** Locks an active run until the transaction ends; false when there is none. */
export async function lockActiveRun(tx: Queryable, workspace: string, run: RunId): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'lock_active_run',
    text: 'select from tracking.run where run_id = $1 and workspace_id = $2 and deleted_ms is null for no key update',
    values: [run, workspace],
  });
  return rowCount === 1;
}

export async function findRunTag(tx: Queryable, run: RunId, key: string): Promise<string | undefined> {
  const { rows } = await tx.query<{ value: string }>({
    name: 'find_run_tag',
    text: 'select value from tracking.run_tag where run_id = $1 and key = $2',
    values: [run, key],
  });
  return rows[0]?.value;
}

/** The run must be locked. */
export async function upsertRunTag(
  tx: Queryable,
  workspace: string,
  run: RunId,
  { key, value }: KeyValue,
): Promise<void> {
  await tx.query({
    name: 'upsert_run_tag',
    text: `
      insert into tracking.run_tag (run_id, key, workspace_id, experiment_id, value, recency)
      select run_id, $3, workspace_id, experiment_id, $4, recency from tracking.run where run_id = $1 and workspace_id = $2
      on conflict (run_id, key) do update set value = excluded.value`,
    values: [run, workspace, key, value],
  });
}
