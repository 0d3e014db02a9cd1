import type { Context } from '@millrace/platform/contract/context';
import type { Queryable } from '@millrace/platform/postgres';
import type { ModelVersion, Tag } from '../domain/model.ts';
import type { Origin } from '../domain/origin.ts';
import type { ModelId, Touched } from './models.ts';
import type { Stage } from './stages.ts';
import { latestVersions, toVersion, VERSION_ALIASES, VERSION_COLUMNS, type VersionRow } from './version-rows.ts';

export type NewVersion = {
  readonly name: string;
  readonly description: string;
  readonly source: string;
  readonly storageLocation: string | null;
  readonly runId: string;
  readonly runLink: string;
  readonly origin: Origin;
  /** Tracking could not be asked. */
  readonly originPending: boolean;
  /** There may be a file to be read that says what the version holds. */
  readonly contentsPending: boolean;
  /** No key twice. */
  readonly tags: readonly Tag[];
};

const NOT_READ = { digest: '', flavors: '', modelSizeBytes: null };

/**
 * Gives the version the model's next number, with its first entry in the ledger; creators of versions of one model wait here for
 * each other. Undefined when there is no such model.
 */
export async function insertVersion(
  tx: Queryable,
  { workspace, actor }: Context,
  version: NewVersion,
): Promise<ModelVersion | undefined> {
  const { rows } = await tx.query<{ version: number; created_ms: number }>({
    name: 'insert_version',
    text: `
      with m as (
        update registry.registered_model
        set last_version = last_version + 1, updated_ms = greatest(updated_ms, registry.now_ms())
        where workspace_id = $1 and name = $2
        returning workspace_id, model_id, name, last_version, updated_ms),
      v as (
        insert into registry.model_version (workspace_id, model_id, version, description, source, storage_location,
          run_id, run_link, experiment_id, git_commit, logged_model_id, datasets, lineage_pending, contents_pending, created_ms,
          updated_ms)
        select workspace_id, model_id, last_version, $3, $4, $5, $6, $7, $10, $11, $12, $13, $14, $15, updated_ms, updated_ms from m
        returning *),
      tag as (
        insert into registry.model_version_tag (workspace_id, model_id, version, key, value)
        select v.workspace_id, v.model_id, v.version, n.key, n.value
        from v, unnest($8::text[], $9::text[]) as n (key, value)),
      entry as (
        insert into registry.stage_ledger (workspace_id, model_id, position, kind, name, version, to_stage, at_ms, actor, run_id,
          experiment_id, git_commit, logged_model_id, datasets, source, previous_hash, hash)
        select v.workspace_id, v.model_id, 0, 1, m.name, v.version, v.stage, v.created_ms, $16, v.run_id, v.experiment_id,
          v.git_commit, v.logged_model_id, v.datasets, v.source, '', ''
        from v, m)
      select version, created_ms from v`,
    values: [
      workspace,
      version.name,
      version.description,
      version.source,
      version.storageLocation,
      version.runId,
      version.runLink,
      version.tags.map(({ key }) => key),
      version.tags.map(({ value }) => value),
      version.origin.experimentId,
      version.origin.gitCommit,
      version.origin.loggedModelId,
      version.origin.datasets,
      version.originPending,
      version.contentsPending,
      actor,
    ],
  });
  const [row] = rows;
  if (!row) return undefined;
  const { originPending: _, contentsPending: __, ...told } = version;
  const { version: number, created_ms: createdMs } = row;
  const state = { stage: 'None' as const, createdMs, updatedMs: createdMs, contents: NOT_READ, aliases: [] };
  return { ...told, ...state, version: number };
}

export async function findVersion(
  db: Queryable,
  workspace: string,
  name: string,
  version: number,
): Promise<ModelVersion | undefined> {
  const { rows } = await db.query<VersionRow>({
    name: 'find_version',
    text: `
      select ${VERSION_COLUMNS}, ${VERSION_ALIASES}
      from registry.registered_model m join registry.model_version v using (workspace_id, model_id)
      where m.workspace_id = $1 and m.name = $2 and v.version = $3::bigint and v.deleted_ms is null`,
    values: [workspace, name, version],
  });
  return rows[0] && toVersion(rows[0]);
}

export async function findVersionByAlias(
  db: Queryable,
  workspace: string,
  name: string,
  alias: string,
): Promise<ModelVersion | undefined> {
  const { rows } = await db.query<VersionRow>({
    name: 'find_version_by_alias',
    text: `
      select ${VERSION_COLUMNS}, ${VERSION_ALIASES}
      from registry.registered_model m
      join registry.model_alias named using (workspace_id, model_id)
      join registry.model_version v using (workspace_id, model_id, version)
      where m.workspace_id = $1 and m.name = $2 and named.alias = $3 and v.deleted_ms is null`,
    values: [workspace, name, alias],
  });
  return rows[0] && toVersion(rows[0]);
}

export async function findHighestVersion(
  db: Queryable,
  workspace: string,
  name: string,
): Promise<ModelVersion | undefined> {
  const { rows } = await db.query<VersionRow>({
    name: 'find_highest_version',
    text: `
      select ${VERSION_COLUMNS}, ${VERSION_ALIASES}
      from registry.registered_model m join registry.model_version v using (workspace_id, model_id)
      where m.workspace_id = $1 and m.name = $2 and v.deleted_ms is null
      order by v.version desc limit 1`,
    values: [workspace, name],
  });
  return rows[0] && toVersion(rows[0]);
}

/** At most one per stage; see `latestVersions` for their order. */
export async function listLatestVersions(
  db: Queryable,
  workspace: string,
  name: string,
  stages: readonly Stage[],
): Promise<ModelVersion[]> {
  const { rows } = await db.query<VersionRow>({
    name: 'list_latest_versions',
    text: `
      select ${VERSION_COLUMNS}, ${VERSION_ALIASES}
      from registry.registered_model m cross join ${latestVersions('$3::text[]')}
      where m.workspace_id = $1 and m.name = $2
      order by first.version`,
    values: [workspace, name, stages],
  });
  return rows.map(toVersion);
}

export async function updateVersionDescription(
  tx: Queryable,
  workspace: string,
  model: ModelId,
  version: number,
  description: string | null,
): Promise<ModelVersion | undefined> {
  const { rows } = await tx.query<VersionRow>({
    name: 'update_version_description',
    text: `
      update registry.model_version v set description = $4, updated_ms = greatest(v.updated_ms, registry.now_ms())
      from registry.registered_model m
      where v.workspace_id = $1 and v.model_id = $2 and v.version = $3::bigint and v.deleted_ms is null
        and m.workspace_id = $1 and m.model_id = $2
      returning ${VERSION_COLUMNS}, ${VERSION_ALIASES}`,
    values: [workspace, model, version, description],
  });
  return rows[0] && toVersion(rows[0]);
}

/** After a rename: all versions of the model say that they have changed, deleted ones too. */
export async function touchVersions(tx: Queryable, workspace: string, { modelId, nowMs }: Touched): Promise<void> {
  await tx.query({
    name: 'touch_versions',
    text: 'update registry.model_version set updated_ms = $3 where workspace_id = $1 and model_id = $2',
    values: [workspace, modelId, nowMs],
  });
}

/** Leaves the row, and with it the number, but nothing of what was said in it. Gives the stage the version was in. */
export async function redactVersion(
  tx: Queryable,
  workspace: string,
  { modelId, nowMs }: Touched,
  version: number,
): Promise<Stage | undefined> {
  const { rows } = await tx.query<{ stage: Stage }>({
    name: 'redact_version',
    text: `
      update registry.model_version
      set deleted_ms = $4, updated_ms = $4, description = null, storage_location = null, source = 'REDACTED-SOURCE-PATH',
        run_id = 'REDACTED-RUN-ID', run_link = 'REDACTED-RUN-LINK', lineage_pending = false, contents_pending = false,
        mlmodel_sha256 = '', flavors = '', signature = '', model_size_bytes = null
      where workspace_id = $1 and model_id = $2 and version = $3::bigint and deleted_ms is null
      returning stage`,
    values: [workspace, modelId, version, nowMs],
  });
  return rows[0]?.stage;
}
