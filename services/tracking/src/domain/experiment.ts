import type { ExperimentId } from './ids.ts';

export type KeyValue = { readonly key: string; readonly value: string };

export type Experiment = {
  readonly id: ExperimentId;
  readonly name: string;
  readonly artifactLocation: string;
  readonly createdMs: number;
  readonly updatedMs: number;
  readonly deleted: boolean;
  readonly tags: readonly KeyValue[];
};
