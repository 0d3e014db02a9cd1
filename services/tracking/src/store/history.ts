import type { Queryable } from '@millrace/platform/postgres';
import type { RunId } from '../domain/ids.ts';

export type HistoryPoint = { readonly timestampMs: number; readonly step: number; readonly value: number };

export type HistoryRange = {
  /** The last point before those wanted; null to begin with the first. */
  readonly after: HistoryPoint | null;
  /** How many points after that to pass over. */
  readonly offset: number;
  readonly limit: number;
};

/** As columns of JSON: reading rows would cost more than everything else. JSON has no NaN, it arrives as text. */
type Columns = {
  readonly timestamps: readonly number[] | null;
  readonly steps: readonly number[] | null;
  readonly values: readonly (number | string)[] | null;
};

/** Points of one metric in the order timestamp, step, value, which is that of the primary key. */
export async function listHistory(
  db: Queryable,
  workspace: string,
  run: RunId,
  keyId: number,
  { after, offset, limit }: HistoryRange,
): Promise<HistoryPoint[]> {
  const { rows } = await db.query<Columns>({
    name: after ? 'list_history_after' : 'list_history',
    text: `
      select to_json(array_agg(timestamp_ms)) as timestamps, to_json(array_agg(step)) as steps,
        to_json(array_agg(value)) as values
      from (
        select timestamp_ms, step, value from tracking.metric
        where run_id = $1 and key_id = $2 and workspace_id = $3
        ${after ? 'and (timestamp_ms, step, value) > ($6, $7, $8)' : ''}
        order by timestamp_ms, step, value limit $4 offset $5) page`,
    values: [run, keyId, workspace, limit, offset, ...(after ? [after.timestampMs, after.step, after.value] : [])],
  });
  return points(rows[0]);
}

function points(columns: Columns | undefined): HistoryPoint[] {
  const { timestamps, steps, values } = columns ?? { timestamps: [], steps: [], values: [] };
  return (timestamps ?? []).map((timestampMs, i) => ({
    timestampMs,
    step: steps?.[i] as number,
    value: Number(values?.[i]),
  }));
}
