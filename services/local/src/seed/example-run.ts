/** What the runs of the example have in common with real ones: a curve that falls, and settings that it depends on. */
export type ExampleRun = {
  readonly name: string;
  readonly params: readonly { readonly key: string; readonly value: string }[];
  readonly metrics: readonly {
    readonly key: string;
    readonly value: number;
    readonly timestamp: number;
    readonly step: number;
  }[];
  readonly accuracy: number;
};

const STEPS = 50;
const RATES = [0.3, 0.1, 0.03, 0.01];

/** The same for the same number, so that two demonstrations look alike. */
export function exampleRun(number: number, endMs: number): ExampleRun {
  const rate = RATES[number % RATES.length] ?? 0.1;
  const depth = 3 + Math.floor(number / RATES.length);
  const best = 0.97 - 0.15 * Math.abs(Math.log10(rate / 0.1)) - 0.02 * Math.abs(depth - 4);
  const metrics = Array.from({ length: STEPS }, (_, step) => {
    const progress = 1 - Math.exp((-step * (0.05 + rate)) / 4);
    const wobble = Math.sin(step * (number + 2)) * 0.01 * (1 - progress);
    const accuracy = 0.5 + (best - 0.5) * progress + wobble;
    const timestamp = endMs - (STEPS - step) * 1_000;
    return [
      { key: 'accuracy', value: accuracy, timestamp, step },
      { key: 'loss', value: -Math.log(accuracy), timestamp, step },
    ];
  }).flat();
  return {
    name: `depth-${depth}-rate-${rate}`,
    params: Object.entries({ learning_rate: rate, max_depth: depth, n_estimators: STEPS, subsample: 0.8 }).map(
      ([key, value]) => ({ key, value: String(value) }),
    ),
    metrics,
    accuracy: metrics.at(-2)?.value ?? 0,
  };
}
