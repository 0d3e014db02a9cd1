import type { Handlers } from '@millrace/platform/contract/operation';
import type { RunService } from '@millrace/proto/tracking/v1/runs';
import type { Deps } from '../domain/deps.ts';
import { runId } from '../domain/ids.ts';
import { getRun as get } from '../domain/runs.ts';
import { runMessage } from './run-message.ts';

export const getRun =
  (deps: Deps): Handlers<typeof RunService>['getRun'] =>
  async (request, context) => ({ run: runMessage(await get(deps, context, runId(request.runId))) });
