import type { Handlers } from '@millrace/platform/contract/operation';
import type { RunService } from '@millrace/proto/tracking/v1/runs';
import { checkMetric } from '../domain/check-batch.ts';
import type { Deps } from '../domain/deps.ts';
import { runId } from '../domain/ids.ts';
import { logBatch } from '../domain/log-batch.ts';
import { toMetric } from './metric-message.ts';

export const logMetric =
  (deps: Deps): Handlers<typeof RunService>['logMetric'] =>
  async (request, context) => {
    const metric = toMetric(request);
    checkMetric(metric);
    await logBatch(deps, context, runId(request.runId), { metrics: [metric], params: [], tags: [] });
    return {};
  };
