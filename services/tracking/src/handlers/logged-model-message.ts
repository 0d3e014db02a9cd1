import type { MessageInitShape } from '@bufbuild/protobuf';
import { type LoggedModelSchema, LoggedModelStatus as Status } from '@millrace/proto/tracking/v1/logged_models';
import type { LoggedModel, ModelMetric, ModelStatus } from '../domain/logged-model.ts';
import { metricMessage } from './run-message.ts';

const STATUSES: Readonly<Record<ModelStatus, Status>> = {
  UNSPECIFIED: Status.LOGGED_MODEL_STATUS_UNSPECIFIED,
  PENDING: Status.LOGGED_MODEL_PENDING,
  READY: Status.LOGGED_MODEL_READY,
  FAILED: Status.LOGGED_MODEL_UPLOAD_FAILED,
};

export function modelMessage({ info, tags, params, metrics }: LoggedModel): MessageInitShape<typeof LoggedModelSchema> {
  return {
    info: {
      modelId: info.id,
      experimentId: String(info.experimentId),
      name: info.name,
      creationTimestampMs: BigInt(info.createdMs),
      lastUpdatedTimestampMs: BigInt(info.updatedMs),
      artifactUri: info.artifactUri,
      status: STATUSES[info.status],
      modelType: info.modelType,
      sourceRunId: info.sourceRunId,
      ...(info.statusMessage !== null && { statusMessage: info.statusMessage }),
      tags: [...tags],
    },
    data: { params: [...params], metrics: metrics.map((metric) => modelMetricMessage(info.id, metric)) },
  };
}

const modelMetricMessage = (modelId: string, metric: ModelMetric) => ({
  ...metricMessage(metric),
  modelId,
  runId: metric.runId,
  ...(metric.datasetName !== null && { datasetName: metric.datasetName }),
  ...(metric.datasetDigest !== null && { datasetDigest: metric.datasetDigest }),
});

/** A number this version does not know counts as no status. */
export function modelStatus(status: Status): ModelStatus {
  const known = Object.entries(STATUSES).find(([, number]) => number === status);
  return (known?.[0] ?? 'UNSPECIFIED') as ModelStatus;
}
