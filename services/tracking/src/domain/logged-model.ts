import type { KeyValue } from './experiment.ts';
import type { ExperimentId } from './ids.ts';
import type { Metric } from './run.ts';

/** As filters and events call them, and MLflow's Python client. */
export type ModelStatus = 'UNSPECIFIED' | 'PENDING' | 'READY' | 'FAILED';

export type LoggedModelInfo = {
  readonly id: string;
  readonly experimentId: ExperimentId;
  readonly name: string;
  /** Empty when not given, like `sourceRunId`. */
  readonly modelType: string;
  readonly sourceRunId: string;
  readonly status: ModelStatus;
  readonly statusMessage: string | null;
  readonly artifactUri: string;
  readonly createdMs: number;
  readonly updatedMs: number;
  readonly deleted: boolean;
};

/** A point that a run logged for the model. */
export type ModelMetric = Metric & {
  readonly runId: string;
  readonly datasetName: string | null;
  readonly datasetDigest: string | null;
};

export type LoggedModel = {
  readonly info: LoggedModelInfo;
  readonly tags: readonly KeyValue[];
  readonly params: readonly KeyValue[];
  /** By key, then in the order of time. Of a model with very many, the latest of each key before older ones. */
  readonly metrics: readonly ModelMetric[];
};
