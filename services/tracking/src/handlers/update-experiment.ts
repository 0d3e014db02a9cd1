import type { Handlers } from '@millrace/platform/contract/operation';
import type { ExperimentService } from '@millrace/proto/tracking/v1/experiments';
import type { Deps } from '../domain/deps.ts';
import { renameExperiment } from '../domain/experiments.ts';
import { experimentId } from '../domain/ids.ts';

export const updateExperiment =
  (deps: Deps): Handlers<typeof ExperimentService>['updateExperiment'] =>
  async (request, context) => {
    await renameExperiment(deps, context, experimentId(request.experimentId), request.newName);
    return {};
  };
