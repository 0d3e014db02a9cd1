import type { MessageInitShape } from '@bufbuild/protobuf';
import { type RunInfoSchema, type RunSchema, RunStatus as Status } from '@millrace/proto/tracking/v1/runs';
import type { Metric, Run, RunInfo } from '../domain/run.ts';

/** Numbers of the domain become the 64-bit integers of the wire here. */
export function runMessage(run: Run): MessageInitShape<typeof RunSchema> {
  return {
    info: runInfoMessage(run.info),
    data: { metrics: run.metrics.map(metricMessage), params: [...run.params], tags: [...run.tags] },
    inputs: {
      datasetInputs: run.datasets.map(({ name, digest, sourceType, source, schema, profile, tags }) => ({
        tags: [...tags],
        dataset: {
          name,
          digest,
          sourceType,
          source,
          ...(schema !== null && { schema }),
          ...(profile !== null && { profile }),
        },
      })),
      modelInputs: run.modelInputs.map((modelId) => ({ modelId })),
    },
    outputs: { modelOutputs: run.modelOutputs.map(({ modelId, step }) => ({ modelId, step: BigInt(step) })) },
  };
}

export function runInfoMessage(info: RunInfo): MessageInitShape<typeof RunInfoSchema> {
  return {
    runId: info.id,
    runUuid: info.id,
    runName: info.name,
    experimentId: String(info.experimentId),
    userId: info.userId,
    status: Status[info.status],
    startTime: BigInt(info.startTimeMs),
    ...(info.endTimeMs !== null && { endTime: BigInt(info.endTimeMs) }),
    artifactUri: info.artifactUri,
    lifecycleStage: info.deleted ? 'deleted' : 'active',
  };
}

export const metricMessage = ({ key, value, timestampMs, step }: Metric) => ({
  key,
  value,
  timestamp: BigInt(timestampMs),
  step: BigInt(step),
});
