import type { Queryable } from '@millrace/platform/postgres';
import type { ModelId } from './models.ts';

/** `previous` is the version the alias named before. Undefined when there is no such living version. */
export async function upsertAlias(
  tx: Queryable,
  workspace: string,
  model: ModelId,
  alias: string,
  version: number,
): Promise<{ readonly previous: number | null } | undefined> {
  const { rows } = await tx.query<{ previous: number | null }>({
    name: 'upsert_alias',
    text: `
      with before as (
        select version from registry.model_alias where workspace_id = $1 and model_id = $2 and alias = $3),
      now as (
        insert into registry.model_alias (workspace_id, model_id, alias, version)
        select v.workspace_id, v.model_id, $3, v.version from registry.model_version v
        where v.workspace_id = $1 and v.model_id = $2 and v.version = $4::bigint and v.deleted_ms is null
        on conflict (workspace_id, model_id, alias) do update set version = excluded.version
        returning alias)
      select before.version as previous from now left join before on true`,
    values: [workspace, model, alias, version],
  });
  return rows[0];
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
