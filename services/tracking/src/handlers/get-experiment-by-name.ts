import type { Handlers } from '@millrace/platform/contract/operation';
import type { ExperimentService } from '@millrace/proto/tracking/v1/experiments';
import type { Deps } from '../domain/deps.ts';
import { getExperimentByName as get } from '../domain/experiments.ts';
import { experimentMessage } from './experiment-message.ts';

export const getExperimentByName =
  (deps: Deps): Handlers<typeof ExperimentService>['getExperimentByName'] =>
  async ({ experimentName }, context) => ({ experiment: experimentMessage(await get(deps, context, experimentName)) });
