import type { Queryable } from '@millrace/platform/postgres';
import type { RunId } from '../domain/ids.ts';

/** Columns of points: sorted by key, each stored point at most once; `latest` marks the greatest point of each key. */
export type Points = {
  readonly keyIds: number[];
  readonly timestampsMs: number[];
  readonly steps: number[];
  readonly values: number[];
  readonly latest: boolean[];
};

/** Of one run that is not deleted; `$1` is its id, `$2` its workspace. */
export const TARGET = `
  target as materialized (
    select run_id, workspace_id, experiment_id from tracking.run
    where run_id = $1 and workspace_id = $2 and deleted_ms is null)`;

/** Parameters `$3` to `$7`. Points that are already there change nothing; rows come in key order, so that no two writers deadlock. */
export const INSERT_POINTS = `
  point as materialized (
    select p.key_id, p.timestamp_ms, p.step, p.value, p.latest
    from unnest($3::integer[], $4::bigint[], $5::bigint[], $6::float8[], $7::boolean[])
      as p (key_id, timestamp_ms, step, value, latest)),
  inserted as (
    insert into tracking.metric (run_id, key_id, timestamp_ms, step, value, workspace_id)
    select t.run_id, p.key_id, p.timestamp_ms, p.step, p.value, t.workspace_id from target t, point p
    on conflict do nothing),
  latest as (
    insert into tracking.latest_metric as l
      (run_id, key_id, experiment_id, step, timestamp_ms, value, workspace_id)
    select t.run_id, p.key_id, t.experiment_id, p.step, p.timestamp_ms, p.value, t.workspace_id
    from target t, point p where p.latest
    on conflict (run_id, key_id) do update
      set step = excluded.step, timestamp_ms = excluded.timestamp_ms, value = excluded.value
      where (excluded.step, excluded.timestamp_ms, excluded.value) > (l.step, l.timestamp_ms, l.value))`;

/** One statement: all points or none. False when there is no such active run, and then nothing is stored. */
export async function insertPoints(db: Queryable, workspace: string, run: RunId, points: Points): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'insert_points',
    text: `with ${TARGET}, ${INSERT_POINTS} select from target`,
    values: [run, workspace, ...pointValues(points)],
  });
  return rowCount === 1;
}

export const pointValues = (points: Points): unknown[] => [
  points.keyIds,
  points.timestampsMs,
  points.steps,
  points.values,
  points.latest,
];
