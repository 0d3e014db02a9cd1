import type { Handlers } from '@millrace/platform/contract/operation';
import type { RunService } from '@millrace/proto/tracking/v1/runs';
import type { Deps } from '../domain/deps.ts';
import { runId } from '../domain/ids.ts';
import { logOutputs as log } from '../domain/inputs.ts';
import { safe } from './int64.ts';

export const logOutputs =
  (deps: Deps): Handlers<typeof RunService>['logOutputs'] =>
  async (request, context) => {
    const models = request.models.map(({ modelId, step }, i) => ({ modelId, step: safe(`models[${i}].step`, step) }));
    await log(deps, context, runId(request.runId), models);
    return {};
  };
