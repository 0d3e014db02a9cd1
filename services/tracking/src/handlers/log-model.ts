import type { Handlers } from '@millrace/platform/contract/operation';
import type { RunService } from '@millrace/proto/tracking/v1/runs';
import type { Deps } from '../domain/deps.ts';
import { runId } from '../domain/ids.ts';
import { logModel as log } from '../domain/log-model.ts';

export const logModel =
  (deps: Deps): Handlers<typeof RunService>['logModel'] =>
  async (request, context) => {
    await log(deps, context, runId(request.runId), request.modelJson);
    return {};
  };
