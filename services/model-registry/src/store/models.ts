import { type Queryable, sqlState } from '@millrace/platform/postgres';
import type { RegisteredModel, Tag } from '../domain/model.ts';
import { type ModelRow, modelColumns, toModel } from './model-rows.ts';
import type { Stage } from './stages.ts';

export type NewModel = {
  readonly name: string;
  readonly description: string;
  /** No key twice. */
  readonly tags: readonly Tag[];
};

/** Undefined when the name is taken; waits for whoever is about to take it or to give it up. */
export async function insertModel(
  db: Queryable,
  workspace: string,
  model: NewModel,
): Promise<RegisteredModel | undefined> {
  const { rows } = await db.query<{ created_ms: number }>({
    name: 'insert_model',
    text: `
      with m as (
        insert into registry.registered_model (workspace_id, name, description, created_ms, updated_ms)
        select $1, $2, $3, now.ms, now.ms from registry.now_ms() as now (ms)
        on conflict do nothing
        returning workspace_id, model_id, created_ms),
      tag as (
        insert into registry.registered_model_tag (workspace_id, model_id, key, value)
        select m.workspace_id, m.model_id, n.key, n.value from m, unnest($4::text[], $5::text[]) as n (key, value))
      select created_ms from m`,
    values: [
      workspace,
      model.name,
      model.description,
      model.tags.map(({ key }) => key),
      model.tags.map(({ value }) => value),
    ],
  });
  const [row] = rows;
  return row && { ...model, createdMs: row.created_ms, updatedMs: row.created_ms, aliases: [], latestVersions: [] };
}

export async function findModel(
  db: Queryable,
  workspace: string,
  name: string,
  stages: readonly Stage[],
): Promise<RegisteredModel | undefined> {
  const { rows } = await db.query<ModelRow>({
    name: 'find_model',
    text: `
      select ${modelColumns('$3::text[]')}
      from registry.registered_model m where m.workspace_id = $1 and m.name = $2`,
    values: [workspace, name, stages],
  });
  return rows[0] && toModel(rows[0]);
}

export async function modelExists(db: Queryable, workspace: string, name: string): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'model_exists',
    text: 'select from registry.registered_model where workspace_id = $1 and name = $2',
    values: [workspace, name],
  });
  return rowCount === 1;
}

export type ModelId = number;

/** Held until the transaction ends. Whoever changes anything of a model takes this lock, or `touchModel`'s, first. */
export async function lockModel(tx: Queryable, workspace: string, name: string): Promise<ModelId | undefined> {
  const { rows } = await tx.query<{ model_id: ModelId }>({
    name: 'lock_model',
    text: 'select model_id from registry.registered_model where workspace_id = $1 and name = $2 for update',
    values: [workspace, name],
  });
  return rows[0]?.model_id;
}

export type Touched = { readonly modelId: ModelId; readonly nowMs: number };

/** Locks the model and says that it has changed, at a time that is never before the last one. */
export async function touchModel(tx: Queryable, workspace: string, name: string): Promise<Touched | undefined> {
  const { rows } = await tx.query<Touched>({
    name: 'touch_model',
    text: `
      update registry.registered_model set updated_ms = greatest(updated_ms, registry.now_ms())
      where workspace_id = $1 and name = $2
      returning model_id as "modelId", updated_ms as "nowMs"`,
    values: [workspace, name],
  });
  return rows[0];
}

/** False when there is no such model. */
export async function updateDescription(
  tx: Queryable,
  workspace: string,
  name: string,
  text: string,
): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'update_model_description',
    text: `
      update registry.registered_model set description = $3, updated_ms = greatest(updated_ms, registry.now_ms())
      where workspace_id = $1 and name = $2`,
    values: [workspace, name, text],
  });
  return rowCount === 1;
}

/** `taken` leaves the transaction of no further use. */
export async function updateName(
  tx: Queryable,
  workspace: string,
  name: string,
  newName: string,
): Promise<Touched | 'taken' | undefined> {
  try {
    const { rows } = await tx.query<Touched>({
      name: 'update_model_name',
      text: `
        update registry.registered_model set name = $3, updated_ms = greatest(updated_ms, registry.now_ms())
        where workspace_id = $1 and name = $2
        returning model_id as "modelId", updated_ms as "nowMs"`,
      values: [workspace, name, newName],
    });
    return rows[0];
  } catch (error) {
    if (sqlState(error) === '23505') return 'taken';
    throw error;
  }
}

/** With its versions, tags and aliases. Undefined when there is no such model. */
export async function deleteModel(tx: Queryable, workspace: string, name: string): Promise<Touched | undefined> {
  const { rows } = await tx.query<Touched>({
    name: 'delete_model',
    text: `
      delete from registry.registered_model where workspace_id = $1 and name = $2
      returning model_id as "modelId", greatest(updated_ms, registry.now_ms()) as "nowMs"`,
    values: [workspace, name],
  });
  return rows[0];
}
