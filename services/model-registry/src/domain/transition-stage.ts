import type { Context } from '@millrace/platform/contract/context';
import { fromCode } from '@millrace/platform/errors';
import { touchModel } from '../store/models.ts';
import { change } from './change.ts';
import type { Deps } from './deps.ts';
import { checkLength } from './lengths.ts';
import type { ModelVersion } from './model.ts';
import { moveVersion } from './move.ts';
import { versionNotFound } from './not-found.ts';
import { isActive, MLFLOW_ACTIVE, parseStage } from './stage.ts';
import { versionRef } from './version-ref.ts';

export type Move = {
  readonly name: string;
  readonly version: string;
  readonly stage: string;
  /** Sends whatever else is in the stage to the archive. */
  readonly archiveExisting: boolean;
  /** Why; may be empty. */
  readonly comment: string;
};

/** Moves a version to any stage: see `moveVersion`. */
export async function transitionStage(deps: Deps, context: Context, move: Move): Promise<ModelVersion> {
  const { name, archiveExisting: archive, comment } = move;
  const stage = parseStage(deps.stages, move.stage);
  if (archive && !isActive(deps.stages, stage)) throw notActive(deps, move.stage);
  checkLength('comment', comment);
  const ref = versionRef(name, move.version);
  return change(deps, context, async (tx, tell) => {
    const touched = await touchModel(tx, context.workspace, name);
    const moved = touched && (await moveVersion(tx, tell, context, touched, { ...ref, stage, archive, comment }));
    if (!moved) throw versionNotFound(ref);
    return moved;
  });
}

/** MLflow's answer and MLflow's code. */
function notActive({ stages }: Deps, stage: string) {
  const active = [...MLFLOW_ACTIVE, ...stages.active.filter((one) => !MLFLOW_ACTIVE.includes(one))];
  return fromCode(
    'INTERNAL_ERROR',
    `Model version transition cannot archive existing model versions because '${stage}' is not an Active stage. Valid stages ` +
      `are [${active.map((one) => `'${one}'`).join(', ')}]`,
  );
}
