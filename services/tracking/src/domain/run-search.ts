import type { ExperimentId } from './ids.ts';

/** What is asked for; one page of it. */
export type RunSearch = {
  readonly experiments: readonly ExperimentId[];
  readonly filter: string;
  readonly orderBy: readonly string[];
  readonly view: 'active' | 'deleted' | 'all';
  readonly maxResults: number;
  readonly pageToken: string;
};
