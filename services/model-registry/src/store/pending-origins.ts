import type { Queryable } from '@millrace/platform/postgres';
import type { Origin } from '../domain/origin.ts';
import type { ModelId } from './models.ts';

export type PendingVersion = {
  readonly workspace: string;
  readonly model: ModelId;
  readonly name: string;
  readonly version: number;
  readonly runId: string;
  readonly loggedModelId: string;
};

/** Versions of the last seven days, whose origin is to be asked for. */
export async function listPending(db: Queryable, limit: number): Promise<PendingVersion[]> {
  const { rows } = await db.query<PendingVersion>({
    name: 'list_pending_origins',
    text: `
      select v.workspace_id as workspace, v.model_id as model, m.name, v.version, v.run_id as "runId",
        v.logged_model_id as "loggedModelId"
      from registry.model_version v join registry.registered_model m using (workspace_id, model_id)
      where v.lineage_pending and v.created_ms > registry.now_ms() - 604800000
      order by v.created_ms desc limit $1`,
    values: [limit],
  });
  return rows;
}

/** False when somebody else has done it, or the version is gone. */
export async function saveOrigin(
  tx: Queryable,
  { workspace, model, version }: PendingVersion,
  { experimentId, gitCommit, datasets }: Origin,
): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'save_origin',
    text: `
      update registry.model_version set lineage_pending = false, experiment_id = $4, git_commit = $5, datasets = $6
      where workspace_id = $1 and model_id = $2 and version = $3 and lineage_pending`,
    values: [workspace, model, version, experimentId, gitCommit, datasets],
  });
  return rowCount === 1;
}
