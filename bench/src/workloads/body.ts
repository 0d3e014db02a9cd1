/** A JSON text in which one number changes; the rest is made once, because bodies can be large and clients must be cheap. */
export type Body = (number: number) => string;

const HOLE = '"@"';

/** In `value`, `'@'` stands for the number. With `'@'` followed by digits, the digits follow the number. */
export function body(value: unknown): Body {
  const pieces = JSON.stringify(value)
    .replaceAll(/"@(\d*)"/g, `${HOLE}$1`)
    .split(HOLE);
  return (number) => pieces.join(String(number));
}

export type Points = {
  readonly keys: number;
  /** Steps of each key in one batch; at most 100. */
  readonly steps: number;
};

/** A batch of points that no other batch of the run has: its number gives the first digits of their steps. */
export function batchBody(run_id: string, { keys, steps }: Points): Body {
  const timestamp = Date.now();
  const metrics = Array.from({ length: keys * steps }, (_, i) => {
    const step = Math.floor(i / keys);
    return { key: `m${i % keys}`, value: Math.random(), timestamp, step: `@${String(step).padStart(2, '0')}` };
  });
  return body({ run_id, metrics });
}
