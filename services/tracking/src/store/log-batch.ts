import { type Queryable, sqlState } from '@millrace/platform/postgres';
import type { KeyValue } from '../domain/experiment.ts';
import type { RunId } from '../domain/ids.ts';
import { INSERT_POINTS, type Points, pointValues, TARGET, type Target, targetValues } from './log-points.ts';

export type Batch = {
  readonly points: Points;
  /** No key twice. */
  readonly params: readonly KeyValue[];
  /** No key twice. */
  readonly tags: readonly KeyValue[];
  /** The run's new name, null to keep it. */
  readonly name: string | null;
};

/** A param of the batch is already stored with another value. */
export class ParamChanged extends Error {}

/**
 * One statement: all of the batch or nothing. False when there is no such active run. Throws ParamChanged; that a param is
 * there with the same value is no conflict, so a batch may be sent again.
 */
export async function insertBatch(db: Queryable, target: Target, batch: Batch): Promise<boolean> {
  try {
    const { rowCount } = await db.query({
      name: 'insert_batch',
      text: `
        with ${TARGET}, ${INSERT_POINTS},
        param as (
          insert into tracking.param as p (run_id, key, workspace_id, experiment_id, value, recency)
          select t.run_id, n.key, t.workspace_id, t.experiment_id, n.value, t.recency
          from target t, (select key, value from unnest($9::text[], $10::text[]) as u (key, value) order by key) n
          on conflict (run_id, key) do update
            set value = tracking.refuse_param_change(p.key, p.value, excluded.value) where p.value <> excluded.value),
        tag as (
          insert into tracking.run_tag as g (run_id, key, workspace_id, experiment_id, value, recency)
          select t.run_id, n.key, t.workspace_id, t.experiment_id, n.value, t.recency
          from target t, (select key, value from unnest($11::text[], $12::text[]) as u (key, value) order by key) n
          on conflict (run_id, key) do update set value = excluded.value where g.value <> excluded.value),
        renamed as (
          update tracking.run r set name = $13 from target t where r.run_id = t.run_id and $13::text is not null)
        select from target`,
      values: [
        ...targetValues([target]),
        ...pointValues(batch.points),
        ...columns(batch.params),
        ...columns(batch.tags),
        batch.name,
      ],
    });
    return rowCount === 1;
  } catch (error) {
    if (sqlState(error) === 'MR001') throw new ParamChanged('a param is already logged', { cause: error });
    throw error;
  }
}

const columns = (pairs: readonly KeyValue[]) => [pairs.map(({ key }) => key), pairs.map(({ value }) => value)];

export type ParamConflict = { readonly key: string; readonly stored: string; readonly given: string };

/** Which of the params are stored with another value, in key order. */
export async function listParamConflicts(
  db: Queryable,
  run: RunId,
  params: readonly KeyValue[],
): Promise<ParamConflict[]> {
  const { rows } = await db.query<ParamConflict>({
    name: 'list_param_conflicts',
    text: `
      select p.key, p.value as stored, n.value as given
      from unnest($2::text[], $3::text[]) as n (key, value)
      join tracking.param p on p.run_id = $1 and p.key = n.key and p.value <> n.value
      order by p.key`,
    values: [run, ...columns(params)],
  });
  return rows;
}
