import type { ModelVersion, Tag } from '../domain/model.ts';
import type { Stage } from './stages.ts';

export type VersionRow = {
  readonly name: string;
  readonly version: number;
  readonly stage: Stage;
  readonly description: string | null;
  readonly source: string;
  readonly storage_location: string | null;
  readonly run_id: string;
  readonly run_link: string;
  readonly experiment_id: string;
  readonly git_commit: string;
  readonly logged_model_id: string;
  readonly datasets: string;
  readonly mlmodel_sha256: string;
  readonly flavors: string;
  readonly model_size_bytes: number | null;
  readonly created_ms: number;
  readonly updated_ms: number;
  readonly tags: readonly Tag[];
  /** Only where `VERSION_ALIASES` was selected too. */
  readonly aliases?: readonly string[];
};

/** The columns of `VersionRow`, of table aliases `m` (registered_model) and `v` (model_version). */
export const VERSION_COLUMNS = `m.name, v.version, v.stage, v.description, v.source, v.storage_location, v.run_id,
  v.run_link, v.experiment_id, v.git_commit, v.logged_model_id, v.datasets, v.mlmodel_sha256, v.flavors, v.model_size_bytes, v.created_ms, v.updated_ms, coalesce((
    select json_agg(json_build_object('key', t.key, 'value', t.value) order by t.key)
    from registry.model_version_tag t
    where t.workspace_id = v.workspace_id and t.model_id = v.model_id and t.version = v.version), '[]') as tags`;

export const VERSION_ALIASES = `array(
    select a.alias from registry.model_alias a
    where a.workspace_id = v.workspace_id and a.model_id = v.model_id and a.version = v.version
    order by a.alias) as aliases`;

/**
 * SQL that gives, of the model `m`, the highest living version of each of `stages` (a text array) as `v`, in the order in which
 * a walk through all versions from the first would meet those stages. Two index look-ups per stage, however many versions.
 */
export const latestVersions = (stages: string) => `
  unnest(${stages}) as wanted (stage)
  cross join lateral (
    select o.version from registry.model_version o
    where o.workspace_id = m.workspace_id and o.model_id = m.model_id and o.stage = wanted.stage and o.deleted_ms is null
    order by o.version limit 1) as first
  cross join lateral (
    select o.version from registry.model_version o
    where o.workspace_id = m.workspace_id and o.model_id = m.model_id and o.stage = wanted.stage and o.deleted_ms is null
    order by o.version desc limit 1) as last
  join registry.model_version v
    on v.workspace_id = m.workspace_id and v.model_id = m.model_id and v.version = last.version`;

export function toVersion(row: VersionRow): ModelVersion {
  return {
    name: row.name,
    version: row.version,
    stage: row.stage,
    description: row.description,
    source: row.source,
    storageLocation: row.storage_location,
    runId: row.run_id,
    runLink: row.run_link,
    origin: {
      experimentId: row.experiment_id,
      gitCommit: row.git_commit,
      loggedModelId: row.logged_model_id,
      datasets: row.datasets,
    },
    contents: { digest: row.mlmodel_sha256, flavors: row.flavors, modelSizeBytes: row.model_size_bytes },
    createdMs: row.created_ms,
    updatedMs: row.updated_ms,
    tags: row.tags,
    aliases: row.aliases ?? [],
  };
}
