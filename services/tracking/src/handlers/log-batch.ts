import type { Handlers } from '@millrace/platform/contract/operation';
import type { RunService } from '@millrace/proto/tracking/v1/runs';
import { checkBatch } from '../domain/check-batch.ts';
import type { Deps } from '../domain/deps.ts';
import { wellFormedRunId } from '../domain/ids.ts';
import { logBatch as log } from '../domain/log-batch.ts';
import { toMetric } from './metric-message.ts';

export const logBatch =
  (deps: Deps): Handlers<typeof RunService>['logBatch'] =>
  async ({ runId: id, metrics, params, tags }, context) => {
    const run = wellFormedRunId(id);
    const given = { metrics: metrics.map((metric, i) => toMetric(metric, `metrics[${i}].`)), params, tags };
    const batch = checkBatch(given, deps.truncateLongValues);
    await log(deps, context, run, batch);
    return {};
  };
