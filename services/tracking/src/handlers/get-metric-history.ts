import type { Handlers } from '@millrace/platform/contract/operation';
import type { MetricService } from '@millrace/proto/tracking/v1/metrics';
import type { Deps } from '../domain/deps.ts';
import { getHistory } from '../domain/history.ts';
import { metricMessage } from './run-message.ts';

export const getMetricHistory =
  (deps: Deps): Handlers<typeof MetricService>['getMetricHistory'] =>
  async ({ runId, metricKey, maxResults, pageToken }, context) => {
    const { points, nextPageToken } = await getHistory(deps, context, runId, metricKey, { maxResults, pageToken });
    const metrics = points.map((point) => metricMessage({ key: metricKey, ...point }));
    return { metrics, ...(nextPageToken && { nextPageToken }) };
  };
