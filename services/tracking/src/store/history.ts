import type { Queryable } from '@millrace/platform/postgres';
import type { RunId } from '../domain/ids.ts';

export type HistoryPoint = { readonly timestampMs: number; readonly step: number; readonly value: number };

/** Points of one metric in the order timestamp, step, value. */
export async function listHistory(
  db: Queryable,
  workspace: string,
  run: RunId,
  keyId: number,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): Promise<HistoryPoint[]> {
  const { rows } = await db.query<HistoryPoint>({
    name: 'list_history',
    text: `
      select timestamp_ms as "timestampMs", step, value from tracking.metric
      where run_id = $1 and key_id = $2 and workspace_id = $3
      order by timestamp_ms, step, value limit $4 offset $5`,
    values: [run, keyId, workspace, limit, offset],
  });
  return rows;
}
