import type { KeyValue } from './experiment.ts';
import type { ExperimentId, RunId } from './ids.ts';

export type RunStatus = 'RUNNING' | 'SCHEDULED' | 'FINISHED' | 'FAILED' | 'KILLED';

export type RunInfo = {
  readonly id: RunId;
  readonly experimentId: ExperimentId;
  readonly name: string;
  readonly userId: string;
  readonly status: RunStatus;
  readonly startTimeMs: number;
  readonly endTimeMs: number | null;
  readonly artifactUri: string;
  readonly deleted: boolean;
};

/** One point of a metric; steps and timestamps are below 2^53. */
export type Metric = {
  readonly key: string;
  readonly value: number;
  readonly timestampMs: number;
  readonly step: number;
};

/** A metric that also belongs to a logged model. */
export type LoggedMetric = Metric & {
  readonly modelId?: string | undefined;
  readonly datasetName?: string | undefined;
  readonly datasetDigest?: string | undefined;
};

export type DatasetInput = {
  readonly name: string;
  readonly digest: string;
  readonly sourceType: string;
  readonly source: string;
  readonly schema: string | null;
  readonly profile: string | null;
  readonly tags: readonly KeyValue[];
};

export type Run = {
  readonly info: RunInfo;
  /** The latest point of each key. */
  readonly metrics: readonly Metric[];
  readonly params: readonly KeyValue[];
  readonly tags: readonly KeyValue[];
  readonly datasets: readonly DatasetInput[];
  readonly modelInputs: readonly string[];
  readonly modelOutputs: readonly { readonly modelId: string; readonly step: number }[];
};

/** Also stored as the run's name; both are always equal. */
export const RUN_NAME_TAG = 'mlflow.runName';
