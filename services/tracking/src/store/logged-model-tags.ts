import type { Queryable } from '@millrace/platform/postgres';
import type { KeyValue } from '../domain/experiment.ts';

/** Of one model that is not deleted; `$1` is its id, `$2` its workspace. */
export const ACTIVE_MODEL = `
  target as materialized (
    select model_id, workspace_id from tracking.logged_model
    where model_id = $1 and workspace_id = $2 and deleted_ms is null)`;

/** `tags` has no key twice. False when there is no such active model. */
export async function upsertModelTags(
  db: Queryable,
  workspace: string,
  id: string,
  tags: readonly KeyValue[],
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'upsert_logged_model_tags',
    text: `
      with ${ACTIVE_MODEL},
      tag as (
        insert into tracking.logged_model_tag as g (model_id, key, workspace_id, value)
        select t.model_id, n.key, t.workspace_id, n.value
        from target t, (select key, value from unnest($3::text[], $4::text[]) as u (key, value) order by key) n
        on conflict (model_id, key) do update set value = excluded.value where g.value <> excluded.value)
      select from target`,
    values: [id, workspace, tags.map(({ key }) => key), tags.map(({ value }) => value)],
  });
  return rowCount === 1;
}

export async function deleteModelTag(
  db: Queryable,
  workspace: string,
  id: string,
  key: string,
): Promise<'deleted' | 'no tag' | 'no model'> {
  const { rows } = await db.query<{ readonly deleted: boolean }>({
    name: 'delete_logged_model_tag',
    text: `
      with ${ACTIVE_MODEL},
      gone as (
        delete from tracking.logged_model_tag g using target t where g.model_id = t.model_id and g.key = $3
        returning g.key)
      select exists (select from gone) as deleted from target`,
    values: [id, workspace, key],
  });
  if (!rows[0]) return 'no model';
  return rows[0].deleted ? 'deleted' : 'no tag';
}

/** Locks a model, deleted or not, until the transaction ends; false when there is none. */
export async function lockModel(tx: Queryable, workspace: string, id: string): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'lock_logged_model',
    text: 'select from tracking.logged_model where model_id = $1 and workspace_id = $2 for no key update',
    values: [id, workspace],
  });
  return rowCount === 1;
}

export async function findModelTag(tx: Queryable, id: string, key: string): Promise<string | undefined> {
  const { rows } = await tx.query<{ readonly value: string }>({
    name: 'find_logged_model_tag',
    text: 'select value from tracking.logged_model_tag where model_id = $1 and key = $2',
    values: [id, key],
  });
  return rows[0]?.value;
}

/** Of a locked model, which may be a deleted one. */
export async function upsertModelTag(
  tx: Queryable,
  workspace: string,
  id: string,
  { key, value }: KeyValue,
): Promise<void> {
  await tx.query({
    name: 'upsert_logged_model_tag',
    text: `
      insert into tracking.logged_model_tag (model_id, key, workspace_id, value) values ($1, $2, $3, $4)
      on conflict (model_id, key) do update set value = excluded.value`,
    values: [id, key, workspace, value],
  });
}
