import type { Handlers } from '@millrace/platform/contract/operation';
import { type RunService, RunStatus as Status } from '@millrace/proto/tracking/v1/runs';
import type { Deps } from '../domain/deps.ts';
import { runId } from '../domain/ids.ts';
import type { RunStatus } from '../domain/run.ts';
import { updateRun as update } from '../domain/runs.ts';
import { safe } from './int64.ts';
import { runInfoMessage } from './run-message.ts';

export const updateRun =
  (deps: Deps): Handlers<typeof RunService>['updateRun'] =>
  async (request, context) => {
    const status = request.status ? (Status[request.status] as RunStatus) : null;
    const endTimeMs = request.endTime === undefined ? null : safe('end_time', request.endTime);
    const change = { status, endTimeMs, name: request.runName || null };
    return { runInfo: runInfoMessage(await update(deps, context, runId(request.runId), change)) };
  };
