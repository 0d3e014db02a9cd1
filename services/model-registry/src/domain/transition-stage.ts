import type { Context } from '@millrace/platform/contract/context';
import { fromCode } from '@millrace/platform/errors';
import { stageTransitioned } from '../events/model-events.ts';
import { touchModel } from '../store/models.ts';
import { moveToStage } from '../store/transitions.ts';
import { change } from './change.ts';
import type { Deps } from './deps.ts';
import type { ModelVersion } from './model.ts';
import { versionNotFound } from './not-found.ts';
import { isActive, parseStage } from './stage.ts';
import { versionRef } from './version-ref.ts';

export type Move = {
  readonly name: string;
  readonly version: string;
  readonly stage: string;
  /** Sends whatever else is in the stage to the archive. */
  readonly archiveExisting: boolean;
};

/**
 * Moves a version to any stage. What the move sends to the archive is told first, so that a follower of events never counts two
 * versions in one stage either. A version that is where it is told to go has not moved: of that there is no event, and a call
 * that is repeated because its answer was lost does not start a second deployment.
 */
export async function transitionStage(deps: Deps, context: Context, move: Move): Promise<ModelVersion> {
  const { name, archiveExisting: archive } = move;
  const stage = parseStage(move.stage);
  if (archive && !isActive(stage)) throw notActive(move.stage);
  const ref = versionRef(name, move.version);
  const { version } = ref;
  const { workspace } = context;
  return change(deps, context, async (tx, tell) => {
    const touched = await touchModel(tx, workspace, name);
    const moved = touched ? await moveToStage(tx, workspace, touched, { version, stage, archive }) : [];
    const target = moved.find((one) => one.version.version === version);
    if (!target) throw versionNotFound(ref);
    const inOrder = [...moved.filter((one) => one !== target), target];
    const real = inOrder.filter((one) => one.from !== one.version.stage);
    tell(...real.map((one) => stageTransitioned({ workspace, name }, one.version, one.from)));
    return target.version;
  });
}

/** MLflow's answer and MLflow's code. */
function notActive(stage: string) {
  return fromCode(
    'INTERNAL_ERROR',
    `Model version transition cannot archive existing model versions because '${stage}' is not an Active stage. Valid stages ` +
      "are ['Staging', 'Production']",
  );
}
