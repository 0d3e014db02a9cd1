import type { Points } from '../store/log-points.ts';
import type { Metric } from './run.ts';

const MAX_DOUBLE = Number.MAX_VALUE;

type Point = Omit<Metric, 'key'> & { readonly keyId: number };

/** Sorts by key, drops exact duplicates, and marks each key's latest. Infinities become the largest doubles, as MLflow stores them. */
export function toPoints(metrics: readonly Metric[], idOf: (key: string) => number): Points {
  const columns: Points = { keyIds: [], timestampsMs: [], steps: [], values: [], latest: [] };
  const sorted = metrics
    .map((metric) => ({ ...metric, keyId: idOf(metric.key), value: finite(metric.value) }))
    .sort(byKey);
  for (const [i, point] of sorted.entries()) {
    const next = sorted[i + 1];
    const last = next?.keyId !== point.keyId;
    if (!last && next && compare(point, next) === 0) continue;
    columns.keyIds.push(point.keyId);
    columns.timestampsMs.push(point.timestampMs);
    columns.steps.push(point.step);
    columns.values.push(point.value);
    columns.latest.push(last);
  }
  return columns;
}

function finite(value: number): number {
  if (value === Infinity) return MAX_DOUBLE;
  if (value === -Infinity) return -MAX_DOUBLE;
  return value === 0 ? 0 : value; // no negative zero: the database holds it equal to zero
}

const byKey = (a: Point, b: Point) => a.keyId - b.keyId || compare(a, b);

/** By step, then timestamp, then value; NaN is the greatest value, as PostgreSQL has it. */
function compare(a: Point, b: Point): number {
  return a.step - b.step || a.timestampMs - b.timestampMs || compareValues(a.value, b.value);
}

function compareValues(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a - b;
}
