import type { Handlers } from '@millrace/platform/contract/operation';
import type { MetricService } from '@millrace/proto/tracking/v1/metrics';
import { getSampledHistory } from '../domain/bulk-history.ts';
import type { Deps } from '../domain/deps.ts';
import { safe } from './int64.ts';
import { runPointMessage } from './run-point-message.ts';

export const getMetricHistoryBulkInterval =
  (deps: Deps): Handlers<typeof MetricService>['getMetricHistoryBulkInterval'] =>
  async ({ runIds, metricKey, startStep, endStep, maxResults }, context) => {
    const interval = {
      firstStep: startStep === undefined ? undefined : safe('start_step', startStep),
      lastStep: endStep === undefined ? undefined : safe('end_step', endStep),
      maxSteps: maxResults,
    };
    const points = await getSampledHistory(deps, context, runIds, metricKey, interval);
    return { metrics: points.map((point) => runPointMessage(metricKey, point)) };
  };
