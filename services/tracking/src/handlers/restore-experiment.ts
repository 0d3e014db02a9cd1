import type { Handlers } from '@millrace/platform/contract/operation';
import type { ExperimentService } from '@millrace/proto/tracking/v1/experiments';
import type { Deps } from '../domain/deps.ts';
import * as experiments from '../domain/experiments.ts';
import { experimentId } from '../domain/ids.ts';

export const restoreExperiment =
  (deps: Deps): Handlers<typeof ExperimentService>['restoreExperiment'] =>
  async (request, context) => {
    await experiments.restoreExperiment(deps, context, experimentId(request.experimentId));
    return {};
  };
