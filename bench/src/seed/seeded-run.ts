const LEARNING_RATES = ['0.1', '0.01', '0.001', '0.0001'] as const;
const TEN = Array.from({ length: 10 }, (_, k) => k);

/** Params, metrics and tags of a seeded run by its number: the same as in `schema.ts`. */
export function seededRun(i: number) {
  const timestamp = 1_700_000_000_000 + i * 1000;
  const acc = ((i * 2_654_435_761) % 2 ** 32) / 2 ** 32;
  return {
    params: TEN.map((k) =>
      k === 0 ? { key: 'lr', value: LEARNING_RATES[i % 4] } : { key: `p${k}`, value: String((i * k) % 1000) },
    ),
    metrics: TEN.map((k) => ({ key: k === 0 ? 'acc' : `m${k}`, value: k === 0 ? acc : acc * k, timestamp, step: 0 })),
    tags: [
      { key: 'team', value: `team_${i % 50}` },
      { key: 'mlflow.source.name', value: 'train.py' },
      { key: 'mlflow.source.type', value: 'LOCAL' },
    ],
  };
}
