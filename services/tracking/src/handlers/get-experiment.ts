import type { Handlers } from '@millrace/platform/contract/operation';
import type { ExperimentService } from '@millrace/proto/tracking/v1/experiments';
import type { Deps } from '../domain/deps.ts';
import { getExperiment as get } from '../domain/experiments.ts';
import { experimentId } from '../domain/ids.ts';
import { experimentMessage } from './experiment-message.ts';

export const getExperiment =
  (deps: Deps): Handlers<typeof ExperimentService>['getExperiment'] =>
  async (request, context) => ({
    experiment: experimentMessage(await get(deps, context, experimentId(request.experimentId))),
  });
