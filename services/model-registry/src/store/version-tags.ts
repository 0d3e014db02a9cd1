import type { Queryable } from '@millrace/platform/postgres';
import type { Tag } from '../domain/model.ts';
import type { ModelId } from './models.ts';
import { type TagSet, tagRoom } from './tag-room.ts';

/** For whoever holds the lock of the model. Undefined when there is no such living version. */
export async function upsertVersionTag(
  tx: Queryable,
  workspace: string,
  model: ModelId,
  version: number,
  { key, value }: Tag,
): Promise<TagSet | undefined> {
  const { rows } = await tx.query<{ written: boolean }>({
    name: 'upsert_version_tag',
    text: `
      with v as (
        select workspace_id, model_id, version from registry.model_version
        where workspace_id = $1 and model_id = $2 and version = $3::bigint and deleted_ms is null),
      room as (${tagRoom('registry.model_version_tag', OF_VERSION, '$4', '$5')}),
      tag as (
        insert into registry.model_version_tag (workspace_id, model_id, version, key, value)
        select v.workspace_id, v.model_id, v.version, $4, $5 from v, room where room.ok
        on conflict (workspace_id, model_id, version, key) do update set value = excluded.value
        returning key)
      select exists (select from tag) as written from v`,
    values: [workspace, model, version, key, value],
  });
  const [row] = rows;
  return row && (row.written ? 'set' : 'full');
}

const OF_VERSION = 't.workspace_id = $1 and t.model_id = $2 and t.version = $3::bigint';

/** Whether there was such a tag. Undefined when there is no such living version. */
export async function deleteVersionTag(
  tx: Queryable,
  workspace: string,
  model: ModelId,
  version: number,
  key: string,
): Promise<boolean | undefined> {
  const { rows } = await tx.query<{ deleted: boolean }>({
    name: 'delete_version_tag',
    text: `
      with v as (
        select workspace_id, model_id, version from registry.model_version
        where workspace_id = $1 and model_id = $2 and version = $3::bigint and deleted_ms is null),
      tag as (
        delete from registry.model_version_tag t using v
        where t.workspace_id = v.workspace_id and t.model_id = v.model_id and t.version = v.version and t.key = $4
        returning t.key)
      select exists (select from tag) as deleted from v`,
    values: [workspace, model, version, key],
  });
  return rows[0]?.deleted;
}
