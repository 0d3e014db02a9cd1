import type { Alias, RegisteredModel, Tag } from '../domain/model.ts';
import { latestVersions, toVersion, VERSION_COLUMNS, type VersionRow } from './version-rows.ts';

export type ModelRow = {
  readonly name: string;
  readonly description: string;
  readonly created_ms: number;
  readonly updated_ms: number;
  readonly tags: readonly Tag[];
  readonly aliases: readonly Alias[];
  readonly latest: readonly VersionRow[];
};

/** The columns of `ModelRow`, of a table alias `m`; `stages` is SQL of a text array with all stages there may be versions in. */
export const modelColumns = (stages: string) => `m.name, m.description, m.created_ms, m.updated_ms, coalesce((
    select json_agg(json_build_object('key', t.key, 'value', t.value) order by t.key)
    from registry.registered_model_tag t
    where t.workspace_id = m.workspace_id and t.model_id = m.model_id), '[]') as tags,
  coalesce((
    select json_agg(json_build_object('alias', a.alias, 'version', a.version) order by a.alias)
    from registry.model_alias a
    where a.workspace_id = m.workspace_id and a.model_id = m.model_id), '[]') as aliases,
  coalesce((
    select json_agg(l order by l.first_version)
    from (select ${VERSION_COLUMNS}, first.version as first_version from ${latestVersions(stages)}) as l), '[]') as latest`;

export function toModel(row: ModelRow): RegisteredModel {
  return {
    name: row.name,
    description: row.description,
    createdMs: row.created_ms,
    updatedMs: row.updated_ms,
    tags: row.tags,
    aliases: row.aliases,
    latestVersions: row.latest.map(toVersion),
  };
}
