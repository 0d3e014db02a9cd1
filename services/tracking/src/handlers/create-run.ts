import type { Handlers } from '@millrace/platform/contract/operation';
import { BadRequestError } from '@millrace/platform/errors';
import type { RunService } from '@millrace/proto/tracking/v1/runs';
import type { Deps } from '../domain/deps.ts';
import { experimentId } from '../domain/ids.ts';
import { createRun as create } from '../domain/runs.ts';
import { safe } from './int64.ts';
import { runMessage } from './run-message.ts';

export const createRun =
  (deps: Deps): Handlers<typeof RunService>['createRun'] =>
  async (request, context) => {
    if (request.experimentId === '') throw new BadRequestError("Missing value for parameter 'experiment_id'");
    const run = await create(deps, context, {
      experimentId: experimentId(request.experimentId),
      name: request.runName,
      userId: request.userId,
      startTimeMs: safe('start_time', request.startTime),
      tags: request.tags,
    });
    const { outputs: _none, ...message } = runMessage(run);
    return { run: message };
  };
