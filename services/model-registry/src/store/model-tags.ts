import type { Queryable } from '@millrace/platform/postgres';
import type { Tag } from '../domain/model.ts';
import type { ModelId } from './models.ts';

export async function upsertModelTag(
  db: Queryable,
  workspace: string,
  model: ModelId,
  { key, value }: Tag,
): Promise<void> {
  await db.query({
    name: 'upsert_model_tag',
    text: `
      insert into registry.registered_model_tag (workspace_id, model_id, key, value) values ($1, $2, $3, $4)
      on conflict (workspace_id, model_id, key) do update set value = excluded.value`,
    values: [workspace, model, key, value],
  });
}

/** Idempotent. */
export async function deleteModelTag(db: Queryable, workspace: string, model: ModelId, key: string): Promise<void> {
  await db.query({
    name: 'delete_model_tag',
    text: 'delete from registry.registered_model_tag where workspace_id = $1 and model_id = $2 and key = $3',
    values: [workspace, model, key],
  });
}
