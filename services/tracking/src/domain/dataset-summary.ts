import type { ExperimentId } from './ids.ts';

/** A data set as runs of an experiment used it. */
export type DatasetSummary = {
  readonly experiment: ExperimentId;
  readonly name: string;
  readonly digest: string;
  /** What runs used it for, as training; null where they do not say. */
  readonly context: string | null;
};
