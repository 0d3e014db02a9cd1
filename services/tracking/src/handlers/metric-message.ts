import type { Metric as MetricMessage } from '@millrace/proto/tracking/v1/entities';
import type { LoggedMetric } from '../domain/run.ts';
import { safe } from './int64.ts';

type Message = Pick<
  MetricMessage,
  'key' | 'value' | 'timestamp' | 'step' | 'modelId' | 'datasetName' | 'datasetDigest'
>;

/** `prefix` is where the metric stands in its request, for messages: `metrics[0].`, say. */
export function toMetric(message: Message, prefix = ''): LoggedMetric {
  return {
    key: message.key,
    value: message.value,
    timestampMs: safe(`${prefix}timestamp`, message.timestamp),
    step: safe(`${prefix}step`, message.step),
    modelId: message.modelId || undefined,
    datasetName: message.datasetName,
    datasetDigest: message.datasetDigest,
  };
}
