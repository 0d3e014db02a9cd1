import type { Queryable } from '@millrace/platform/postgres';
import type { ModelId } from './models.ts';

/** Of one model. */
export const MAX_ALIASES = 1_000;

/**
 * For whoever holds the lock of the model. `previous` is the version the alias named before. Undefined when there is no such
 * living version; `full` when the model has as many aliases as it may have.
 */
export async function upsertAlias(
  tx: Queryable,
  workspace: string,
  model: ModelId,
  alias: string,
  version: number,
): Promise<{ readonly previous: number | null } | 'full' | undefined> {
  const { rows } = await tx.query<{ previous: number | null; written: boolean }>({
    name: 'upsert_alias',
    text: `
      with before as (
        select version from registry.model_alias where workspace_id = $1 and model_id = $2 and alias = $3),
      v as (
        select workspace_id, model_id, version from registry.model_version
        where workspace_id = $1 and model_id = $2 and version = $4::bigint and deleted_ms is null),
      room as (
        select count(*) < ${MAX_ALIASES} as ok from registry.model_alias
        where workspace_id = $1 and model_id = $2 and alias <> $3),
      now as (
        insert into registry.model_alias (workspace_id, model_id, alias, version)
        select v.workspace_id, v.model_id, $3, v.version from v, room where room.ok
        on conflict (workspace_id, model_id, alias) do update set version = excluded.version
        returning alias)
      select before.version as previous, exists (select from now) as written from v left join before on true`,
    values: [workspace, model, alias, version],
  });
  const [row] = rows;
  return row && (row.written ? { previous: row.previous } : 'full');
}

/** The version it named; undefined when there was no such alias. */
export async function deleteAlias(
  tx: Queryable,
  workspace: string,
  model: ModelId,
  alias: string,
): Promise<number | undefined> {
  const { rows } = await tx.query<{ version: number }>({
    name: 'delete_alias',
    text: `
      delete from registry.model_alias where workspace_id = $1 and model_id = $2 and alias = $3
      returning version`,
    values: [workspace, model, alias],
  });
  return rows[0]?.version;
}

/** The names that are gone, in order. */
export async function deleteAliasesOf(
  tx: Queryable,
  workspace: string,
  model: ModelId,
  version: number,
): Promise<string[]> {
  const { rows } = await tx.query<{ alias: string }>({
    name: 'delete_aliases_of',
    text: `
      delete from registry.model_alias where workspace_id = $1 and model_id = $2 and version = $3::bigint
      returning alias`,
    values: [workspace, model, version],
  });
  return rows.map(({ alias }) => alias).sort();
}
