import type { Handlers } from '@millrace/platform/contract/operation';
import type { ExperimentService } from '@millrace/proto/tracking/v1/experiments';
import type { Deps } from '../domain/deps.ts';
import { removeExperimentTag } from '../domain/experiments.ts';
import { experimentId } from '../domain/ids.ts';

export const deleteExperimentTag =
  (deps: Deps): Handlers<typeof ExperimentService>['deleteExperimentTag'] =>
  async ({ experimentId: id, key }, context) => {
    await removeExperimentTag(deps, context, experimentId(id), key);
    return {};
  };
