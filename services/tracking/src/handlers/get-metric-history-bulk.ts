import type { Handlers } from '@millrace/platform/contract/operation';
import type { MetricService } from '@millrace/proto/tracking/v1/metrics';
import { getBulkHistory } from '../domain/bulk-history.ts';
import type { Deps } from '../domain/deps.ts';
import { runPointMessage } from './run-point-message.ts';

export const getMetricHistoryBulk =
  (deps: Deps): Handlers<typeof MetricService>['getMetricHistoryBulk'] =>
  async ({ runId, metricKey, maxResults }, context) => {
    const points = await getBulkHistory(deps, context, runId, metricKey, maxResults);
    return { metrics: points.map((point) => runPointMessage(metricKey ?? '', point)) };
  };
