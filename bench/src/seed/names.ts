/** On an experiment: how much of it is there, once all of it is. */
export const SEEDED_TAG = 'bench.seeded';

/** Beginning of the names of the experiments that hold `runs` runs. */
export function searchName(runs: number, experiments: number): string {
  return `bench-search-${runs}-in-${experiments}-`;
}

export function experimentName(searched: string, index: number): string {
  return `${searched}${index}`;
}

export function historyName(points: number): string {
  return `bench-history-${points}`;
}

export const HISTORY_METRIC = 'loss';
export const LONG_RUN = 'long';
export const SHORT_RUN = 'short-';

/** One run with all the points, and a hundred that share as many. */
export function historyRuns(points: number): readonly { readonly name: string; readonly points: number }[] {
  const short = Array.from({ length: 100 }, (_, i) => ({ name: SHORT_RUN + i, points: Math.ceil(points / 100) }));
  return [{ name: LONG_RUN, points }, ...short];
}

/** The same as in `schema.ts`. */
export function historyPoint(step: number) {
  return { key: HISTORY_METRIC, timestamp: 1_700_000_000_000 + step, step, value: step * 0.5 };
}
