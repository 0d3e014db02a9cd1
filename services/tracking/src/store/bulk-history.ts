import type { Queryable } from '@millrace/platform/postgres';
import type { RunId } from '../domain/ids.ts';
import type { RunPoint } from '../domain/run-point.ts';

/** The first points of one metric in the order run, timestamp, step, value; no run twice. */
export async function listBulkHistory(
  db: Queryable,
  workspace: string,
  runs: readonly RunId[],
  keyId: number,
  limit: number,
): Promise<RunPoint[]> {
  const { rows } = await db.query<RunPoint>({
    name: 'list_bulk_history',
    text: `
      select replace(w.run_id::text, '-', '') as run, m.timestamp_ms as "timestampMs", m.step, m.value
      from (select distinct run_id from unnest($1::uuid[]) as u (run_id) order by run_id) w
      cross join lateral (
        select timestamp_ms, step, value from tracking.metric
        where run_id = w.run_id and key_id = $2 and workspace_id = $3
        order by timestamp_ms, step, value limit $4) m
      order by w.run_id, m.timestamp_ms, m.step, m.value limit $4`,
    values: [runs, keyId, workspace, limit],
  });
  return rows;
}

export type StepRange = { readonly first: number; readonly last: number };
export type Sampling = StepRange & { readonly maxSteps: number; readonly maxPointsPerRun: number };

/** Of one metric; `$1` are the runs, `$2` its key. */
const IN_RANGE = 'run_id = any($1::uuid[]) and key_id = $2 and workspace_id = $3 and step between $4 and $5';

/**
 * All points at some of the steps, the same for all runs, so that runs can be compared: of the n steps in the range every
 * (n / maxSteps)th, the last one, and the first and last of each run. Runs in the order given, then by step, timestamp, value.
 */
export async function listSampledHistory(
  db: Queryable,
  workspace: string,
  runs: readonly RunId[],
  keyId: number,
  { first, last, maxSteps, maxPointsPerRun }: Sampling,
): Promise<RunPoint[]> {
  const { rows } = await db.query<RunPoint>({
    name: 'list_sampled_history',
    // `is true` keeps the steps a hash table: planned as a join, an estimate of few points makes it a loop in a loop
    text: `
      with numbered as (
        select step, row_number() over (order by step) - 1 as i, count(*) over () as n
        from tracking.metric where ${IN_RANGE} group by step),
      chosen as (
        select step from numbered where n <= $6 or i = n - 1 or (i * $6 + n - 1) / n * n / $6 = i
        union all
        select unnest(array[min(step), max(step)]) from tracking.metric where ${IN_RANGE} group by run_id)
      select replace(w.run_id::text, '-', '') as run, m.timestamp_ms as "timestampMs", m.step, m.value
      from unnest($1::uuid[]) with ordinality as w (run_id, position)
      cross join lateral (
        select timestamp_ms, step, value from tracking.metric
        where run_id = w.run_id and key_id = $2 and workspace_id = $3 and (step in (select step from chosen)) is true
        order by step, timestamp_ms, value limit $7) m
      order by w.position, m.step, m.timestamp_ms, m.value`,
    values: [runs, keyId, workspace, first, last, maxSteps, maxPointsPerRun],
  });
  return rows;
}
