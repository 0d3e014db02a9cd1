import type { Queryable } from '@millrace/platform/postgres';
import type { RunId } from '../domain/ids.ts';

/** A run as somebody names it: only where it belongs to the workspace may anything be written. */
export type Target = { readonly run: RunId; readonly workspace: string };

/**
 * Columns of points. `targets` are positions in a list of targets, from 1. `latest` marks exactly one point of each target
 * and key, the greatest.
 */
export type Points = {
  readonly targets: number[];
  readonly keyIds: number[];
  readonly timestampsMs: number[];
  readonly steps: number[];
  readonly values: number[];
  readonly latest: boolean[];
};

/** Targets that may be written to: runs of their workspace that are not deleted. Parameters `$1` and `$2`. */
export const TARGET = `
  target as materialized (
    select u.position, r.run_id, r.workspace_id, r.experiment_id, r.recency
    from unnest($1::uuid[], $2::text[]) with ordinality as u (run_id, workspace_id, position)
    join tracking.run r on r.run_id = u.run_id and r.workspace_id = u.workspace_id
    where r.deleted_ms is null)`;

/**
 * Parameters `$3` to `$8`. Points that are already there change nothing. Everybody writes in the same order, so that no two
 * writers deadlock.
 */
export const INSERT_POINTS = `
  point as materialized (
    select t.run_id, t.workspace_id, t.experiment_id, t.recency, p.key_id, p.timestamp_ms, p.step, p.value, p.latest
    from unnest($3::integer[], $4::integer[], $5::bigint[], $6::bigint[], $7::float8[], $8::boolean[])
      as p (target, key_id, timestamp_ms, step, value, latest)
    join target t on t.position = p.target),
  inserted as (
    insert into tracking.metric (run_id, key_id, timestamp_ms, step, value, workspace_id)
    select run_id, key_id, timestamp_ms, step, value, workspace_id from point
    order by run_id, key_id, timestamp_ms, step, value
    on conflict do nothing),
  latest as (
    insert into tracking.latest_metric as l
      (run_id, key_id, experiment_id, step, timestamp_ms, value, workspace_id, recency)
    select run_id, key_id, experiment_id, step, timestamp_ms, value, workspace_id, recency from point where latest
    order by run_id, key_id
    on conflict (run_id, key_id) do update
      set step = excluded.step, timestamp_ms = excluded.timestamp_ms, value = excluded.value
      where (excluded.step, excluded.timestamp_ms, excluded.value) > (l.step, l.timestamp_ms, l.value))`;

/** One statement: all points of all targets that may be written to. Gives their positions; of the others nothing is stored. */
export async function insertPoints(db: Queryable, targets: readonly Target[], points: Points): Promise<Set<number>> {
  const { rows } = await db.query<{ position: number }>({
    name: 'insert_points',
    text: `with ${TARGET}, ${INSERT_POINTS} select position from target`,
    values: [...targetValues(targets), ...pointValues(points)],
  });
  return new Set(rows.map(({ position }) => position));
}

export const targetValues = (targets: readonly Target[]): unknown[] => [
  targets.map(({ run }) => run),
  targets.map(({ workspace }) => workspace),
];

export const pointValues = (points: Points): unknown[] => [
  points.targets,
  points.keyIds,
  points.timestampsMs,
  points.steps,
  points.values,
  points.latest,
];
