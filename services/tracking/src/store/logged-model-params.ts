import { type Queryable, sqlState } from '@millrace/platform/postgres';
import type { KeyValue } from '../domain/experiment.ts';
import { ParamChanged, type ParamConflict } from './log-batch.ts';
import { ACTIVE_MODEL } from './logged-model-tags.ts';

/**
 * All or none; `params` has no key twice. False when there is no such active model. Throws ParamChanged; that a param is
 * there with the same value is no conflict.
 */
export async function insertModelParams(
  db: Queryable,
  workspace: string,
  id: string,
  params: readonly KeyValue[],
): Promise<boolean> {
  try {
    const { rowCount } = await db.query({
      name: 'insert_logged_model_params',
      text: `
        with ${ACTIVE_MODEL},
        param as (
          insert into tracking.logged_model_param as p (model_id, key, workspace_id, value)
          select t.model_id, n.key, t.workspace_id, n.value
          from target t, (select key, value from unnest($3::text[], $4::text[]) as u (key, value) order by key) n
          on conflict (model_id, key) do update
            set value = tracking.refuse_param_change(p.key, p.value, excluded.value) where p.value <> excluded.value)
        select from target`,
      values: [id, workspace, ...columns(params)],
    });
    return rowCount === 1;
  } catch (error) {
    if (sqlState(error) === 'MR001') throw new ParamChanged('a param is already logged', { cause: error });
    throw error;
  }
}

const columns = (pairs: readonly KeyValue[]) => [pairs.map(({ key }) => key), pairs.map(({ value }) => value)];

/** Which of the params the model has with another value, in key order. */
export async function listModelParamConflicts(
  db: Queryable,
  id: string,
  params: readonly KeyValue[],
): Promise<ParamConflict[]> {
  const { rows } = await db.query<ParamConflict>({
    name: 'list_logged_model_param_conflicts',
    text: `
      select p.key, p.value as stored, n.value as given
      from unnest($2::text[], $3::text[]) as n (key, value)
      join tracking.logged_model_param p on p.model_id = $1 and p.key = n.key and p.value <> n.value
      order by p.key`,
    values: [id, ...columns(params)],
  });
  return rows;
}
