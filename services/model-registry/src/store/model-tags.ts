import type { Queryable } from '@millrace/platform/postgres';
import type { Tag } from '../domain/model.ts';
import type { ModelId } from './models.ts';
import { type TagSet, tagRoom } from './tag-room.ts';

/** For whoever holds the lock of the model. */
export async function upsertModelTag(
  db: Queryable,
  workspace: string,
  model: ModelId,
  { key, value }: Tag,
): Promise<TagSet> {
  const { rowCount } = await db.query({
    name: 'upsert_model_tag',
    text: `
      with room as (${tagRoom('registry.registered_model_tag', 't.workspace_id = $1 and t.model_id = $2', '$3', '$4')})
      insert into registry.registered_model_tag (workspace_id, model_id, key, value)
      select $1, $2::bigint, $3, $4 from room where room.ok
      on conflict (workspace_id, model_id, key) do update set value = excluded.value`,
    values: [workspace, model, key, value],
  });
  return rowCount === 1 ? 'set' : 'full';
}

/** Idempotent. */
export async function deleteModelTag(db: Queryable, workspace: string, model: ModelId, key: string): Promise<void> {
  await db.query({
    name: 'delete_model_tag',
    text: 'delete from registry.registered_model_tag where workspace_id = $1 and model_id = $2 and key = $3',
    values: [workspace, model, key],
  });
}
