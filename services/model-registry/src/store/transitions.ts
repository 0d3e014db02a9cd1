import type { Queryable } from '@millrace/platform/postgres';
import type { ModelVersion } from '../domain/model.ts';
import type { Touched } from './models.ts';
import type { Stage } from './stages.ts';
import { toVersion, VERSION_ALIASES, VERSION_COLUMNS, type VersionRow } from './version-rows.ts';

export type Transition = { readonly version: ModelVersion; readonly from: Stage };

/**
 * Moves a version to a stage and, where `archive` is set, everything else in that stage to the archive, in one statement: nobody
 * sees the stage with two holders or none. Gives what was moved by number; nothing when there is no such living version.
 */
export async function moveToStage(
  tx: Queryable,
  workspace: string,
  { modelId, nowMs }: Touched,
  move: { readonly version: number; readonly stage: Stage; readonly archive: boolean },
): Promise<Transition[]> {
  const { rows } = await tx.query<VersionRow & { from_stage: Stage }>({
    name: 'move_to_stage',
    text: `
      with target as (
        select version from registry.model_version
        where workspace_id = $1 and model_id = $2 and version = $3::bigint and deleted_ms is null),
      before as (
        select o.version, o.stage, o.version = target.version as moves
        from registry.model_version o, target
        where o.workspace_id = $1 and o.model_id = $2 and o.deleted_ms is null
          and (o.version = target.version or ($5::boolean and o.stage = $4)))
      update registry.model_version v
      set stage = case when before.moves then $4 else 'Archived' end, updated_ms = $6
      from before, registry.registered_model m
      where v.workspace_id = $1 and v.model_id = $2 and v.version = before.version
        and m.workspace_id = $1 and m.model_id = $2
      returning before.stage as from_stage, ${VERSION_COLUMNS}, ${VERSION_ALIASES}`,
    values: [workspace, modelId, move.version, move.stage, move.archive, nowMs],
  });
  return rows
    .map((row) => ({ version: toVersion(row), from: row.from_stage }))
    .sort((a, b) => a.version.version - b.version.version);
}
