import type { Handlers } from '@millrace/platform/contract/operation';
import type { RunService } from '@millrace/proto/tracking/v1/runs';
import type { Deps } from '../domain/deps.ts';
import { runId } from '../domain/ids.ts';
import { removeRunTag } from '../domain/runs.ts';

export const deleteTag =
  (deps: Deps): Handlers<typeof RunService>['deleteTag'] =>
  async (request, context) => {
    await removeRunTag(deps, context, runId(request.runId), request.key);
    return {};
  };
