import type { Handlers } from '@millrace/platform/contract/operation';
import type { MetricService } from '@millrace/proto/tracking/v1/metrics';
import type { Deps } from '../domain/deps.ts';
import { getMetricHistory } from './get-metric-history.ts';
import { getMetricHistoryBulk } from './get-metric-history-bulk.ts';
import { getMetricHistoryBulkInterval } from './get-metric-history-bulk-interval.ts';

export const metricHandlers = (deps: Deps): Handlers<typeof MetricService> => ({
  getMetricHistory: getMetricHistory(deps),
  getMetricHistoryBulk: getMetricHistoryBulk(deps),
  getMetricHistoryBulkInterval: getMetricHistoryBulkInterval(deps),
});
