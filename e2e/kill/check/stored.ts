/** What a reader found, in one form whichever way it was read. */
export type Stored = { readonly runs: readonly StoredRun[]; readonly versions: readonly StoredVersion[] };

export type StoredRun = {
  readonly id: string;
  readonly name: string;
  readonly userId: string;
  readonly status: string;
  readonly endTime: number | null;
  readonly history: readonly Point[];
  readonly latest: readonly Point[];
  readonly params: readonly Pair[];
  readonly tags: readonly Pair[];
  readonly datasets: readonly DatasetInput[];
};

export type Point = {
  readonly key: string;
  readonly step: number;
  readonly timestamp: number;
  readonly value: number;
};
export type Pair = { readonly key: string; readonly value: string };
export type DatasetInput = { readonly name: string; readonly digest: string; readonly tags: readonly Pair[] };

export type StoredVersion = { readonly version: string; readonly description: string; readonly stage: string };

/** An event as it was published, in the order of publication. */
export type PublishedEvent = {
  readonly id: string;
  readonly type: string;
  readonly partitionkey: string;
  readonly sequence: string;
  readonly data: Readonly<Record<string, unknown>>;
};

/** What was written to a run, each fact a text that can be counted. */
export type Facts = {
  readonly metrics?: readonly Point[];
  readonly params?: readonly Pair[];
  readonly tags?: readonly Pair[];
  readonly datasets?: readonly DatasetInput[];
};

export function factsOf({ metrics = [], params = [], tags = [], datasets = [] }: Facts): string[] {
  return [
    ...metrics.map(({ key, step, timestamp, value }) => `metric ${key} step ${step} at ${timestamp} = ${value}`),
    ...params.map(({ key, value }) => `param ${key} = ${value}`),
    ...tags.map(({ key, value }) => `tag ${key} = ${value}`),
    ...datasets.map(
      ({ name, digest, tags: own }) => `dataset ${name} ${digest} (${factsOf({ tags: own }).join(', ')})`,
    ),
  ];
}
