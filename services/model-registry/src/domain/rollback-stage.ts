import type { Context } from '@millrace/platform/contract/context';
import { fromCode, InvalidParameterError, NotFoundError } from '@millrace/platform/errors';
import { touchModel } from '../store/models.ts';
import { findEarlierHolder } from '../store/stage-holders.ts';
import { findVersion } from '../store/versions.ts';
import { change } from './change.ts';
import type { Deps } from './deps.ts';
import { checkLength } from './lengths.ts';
import type { ModelVersion } from './model.ts';
import { moveVersion } from './move.ts';
import { checkModelName } from './names.ts';
import { modelNotFound } from './not-found.ts';
import { isActive, parseStage } from './stage.ts';
import { parseVersion } from './version-number.ts';

export type Rollback = {
  readonly name: string;
  readonly stage: string;
  readonly comment: string;
  /** Empty: whoever holds the stage. */
  readonly fromVersion: string;
};

/** Gives an active stage back to its earlier holder: see `findEarlierHolder`. What else is in the stage goes to the archive. */
export async function rollbackStage(deps: Deps, context: Context, rollback: Rollback): Promise<ModelVersion> {
  const { name, comment, fromVersion } = rollback;
  const { workspace } = context;
  checkModelName(name);
  const stage = parseStage(deps.stages, rollback.stage);
  if (!isActive(deps.stages, stage)) {
    throw new InvalidParameterError(
      `'stage': ${stage} has no holder to go back to. A rollback takes one of ${deps.stages.active.join(', ')}.`,
    );
  }
  checkLength('comment', comment);
  const from = fromVersion === '' ? undefined : parseVersion(fromVersion);
  return change(deps, context, async (tx, tell) => {
    const touched = await touchModel(tx, workspace, name);
    if (!touched) throw modelNotFound(name);
    if (from !== undefined && (await findVersion(tx, workspace, name, from))?.stage !== stage) {
      throw fromCode(
        'RESOURCE_CONFLICT',
        `Version ${from} of ${name} is not in ${stage} (any more): there is nothing to roll back.`,
      );
    }
    const earlier = await findEarlierHolder(tx, workspace, touched.modelId, stage);
    const { version, position: restores } = earlier ?? noEarlier(name, stage);
    const move = { name, version, stage, archive: true, comment, restores };
    return (await moveVersion(tx, tell, context, touched, move)) ?? noEarlier(name, stage);
  });
}

function noEarlier(name: string, stage: string): never {
  throw new NotFoundError(`No version that still exists has been in ${stage} of ${name} before`);
}
