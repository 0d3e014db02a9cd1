import type { Handlers } from '@millrace/platform/contract/operation';
import type { RunService } from '@millrace/proto/tracking/v1/runs';
import type { Deps } from '../domain/deps.ts';
import { runId } from '../domain/ids.ts';
import * as runs from '../domain/runs.ts';

export const deleteRun =
  (deps: Deps): Handlers<typeof RunService>['deleteRun'] =>
  async (request, context) => {
    await runs.deleteRun(deps, context, runId(request.runId));
    return {};
  };
