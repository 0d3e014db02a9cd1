import type { Handlers } from '@millrace/platform/contract/operation';
import type { ExperimentService } from '@millrace/proto/tracking/v1/experiments';
import type { Deps } from '../domain/deps.ts';
import { setExperimentTag as set } from '../domain/experiments.ts';
import { experimentId } from '../domain/ids.ts';

export const setExperimentTag =
  (deps: Deps): Handlers<typeof ExperimentService>['setExperimentTag'] =>
  async ({ experimentId: id, key, value }, context) => {
    await set(deps, context, experimentId(id), { key, value });
    return {};
  };
