import type { Queryable } from '@millrace/platform/postgres';
import type { ModelVersion } from '../domain/model.ts';
import type { Origin } from '../domain/origin.ts';
import type { Mlmodel } from '../domain/read-mlmodel.ts';
import type { ModelId } from './models.ts';
import { toVersion, VERSION_COLUMNS, type VersionRow } from './version-rows.ts';

export type UndescribedVersion = {
  readonly workspace: string;
  readonly model: ModelId;
  readonly name: string;
  readonly version: number;
  readonly source: string;
  readonly storageLocation: string | null;
  readonly runId: string;
  readonly loggedModelId: string;
  readonly originPending: boolean;
  readonly contentsPending: boolean;
};

/**
 * Versions with something to be looked for that was not looked for just now; those that had to wait longest come first. The older a
 * version is, the longer it waits: a fiftieth of its age.
 */
export async function listUndescribed(
  db: Queryable,
  { idleMs, limit }: { readonly idleMs: number; readonly limit: number },
): Promise<UndescribedVersion[]> {
  const { rows } = await db.query<UndescribedVersion>({
    name: 'list_undescribed',
    text: `
      select v.workspace_id as workspace, v.model_id as model, m.name, v.version, v.source,
        v.storage_location as "storageLocation", v.run_id as "runId", v.logged_model_id as "loggedModelId",
        v.lineage_pending as "originPending", v.contents_pending as "contentsPending"
      from registry.model_version v join registry.registered_model m using (workspace_id, model_id)
      where (v.lineage_pending or v.contents_pending)
        and v.looked_ms < registry.now_ms() - greatest($1::bigint, (registry.now_ms() - v.created_ms) / 50)
      order by v.looked_ms, v.created_ms limit $2`,
    values: [idleMs, limit],
  });
  return rows;
}

const GIVEN = `unnest($1::text[], $2::bigint[], $3::integer[]) as g (workspace_id, model_id, version)`;
const givenValues = (versions: readonly UndescribedVersion[]) => [
  versions.map(({ workspace }) => workspace),
  versions.map(({ model }) => model),
  versions.map(({ version }) => version),
];

/** There is nothing to be found for these. */
export async function settleEmpty(db: Queryable, versions: readonly UndescribedVersion[]): Promise<void> {
  if (versions.length === 0) return;
  await db.query({
    name: 'settle_undescribed',
    text: `
      update registry.model_version v set lineage_pending = false, contents_pending = false
      from ${GIVEN}
      where v.workspace_id = g.workspace_id and v.model_id = g.model_id and v.version = g.version`,
    values: givenValues(versions),
  });
}

/** These come up again after a while. */
export async function postpone(db: Queryable, versions: readonly UndescribedVersion[]): Promise<void> {
  if (versions.length === 0) return;
  await db.query({
    name: 'postpone_undescribed',
    text: `
      update registry.model_version v set looked_ms = registry.now_ms()
      from ${GIVEN}
      where v.workspace_id = g.workspace_id and v.model_id = g.model_id and v.version = g.version`,
    values: givenValues(versions),
  });
}

/** Undefined: was not asked for, or is not there. */
export type Description = {
  readonly origin: Origin | undefined;
  readonly mlmodel: Mlmodel | undefined;
  /** What could not be had now. */
  readonly originPending: boolean;
  readonly contentsPending: boolean;
};

/** For whoever holds the lock of the model. Undefined when somebody else has done it, or the version is gone. */
export async function saveDescription(
  tx: Queryable,
  { workspace, model, version }: UndescribedVersion,
  { origin, mlmodel, originPending, contentsPending }: Description,
): Promise<{ readonly nowMs: number; readonly version: ModelVersion } | undefined> {
  const { rows } = await tx.query<VersionRow & { now_ms: number }>({
    name: 'save_description',
    text: `
      update registry.model_version v
      set lineage_pending = v.lineage_pending and $4::boolean, contents_pending = v.contents_pending and $5::boolean,
        experiment_id = coalesce($6::text, v.experiment_id), git_commit = coalesce($7::text, v.git_commit),
        datasets = coalesce($8::text, v.datasets), mlmodel_sha256 = coalesce($9::text, v.mlmodel_sha256),
        flavors = coalesce($10::text, v.flavors), signature = coalesce($11::text, v.signature),
        model_size_bytes = coalesce($12::bigint, v.model_size_bytes)
      from registry.registered_model m
      where v.workspace_id = $1 and v.model_id = $2 and v.version = $3 and v.deleted_ms is null
        and m.workspace_id = $1 and m.model_id = $2
        and ((v.lineage_pending and $6::text is not null) or (v.contents_pending and $9::text is not null))
      returning registry.now_ms(), ${VERSION_COLUMNS}`,
    values: [
      workspace,
      model,
      version,
      originPending,
      contentsPending,
      origin?.experimentId ?? null,
      origin?.gitCommit ?? null,
      origin?.datasets ?? null,
      mlmodel?.contents.digest ?? null,
      mlmodel?.contents.flavors ?? null,
      mlmodel ? JSON.stringify(mlmodel.signature) : null,
      mlmodel?.contents.modelSizeBytes ?? null,
    ],
  });
  return rows[0] && { nowMs: rows[0].now_ms, version: toVersion(rows[0]) };
}
