import type { Handlers } from '@millrace/platform/contract/operation';
import type { RunService } from '@millrace/proto/tracking/v1/runs';
import { checkParam } from '../domain/check-batch.ts';
import type { Deps } from '../domain/deps.ts';
import { runId } from '../domain/ids.ts';
import { logBatch } from '../domain/log-batch.ts';

export const logParameter =
  (deps: Deps): Handlers<typeof RunService>['logParameter'] =>
  async ({ runId: id, key, value }, context) => {
    const param = checkParam({ key, value }, deps.truncateLongValues);
    await logBatch(deps, context, runId(id), { metrics: [], params: [param], tags: [] });
    return {};
  };
