import type { Points } from '../store/log-points.ts';
import { storable } from '../store/metric-value.ts';
import type { Metric } from './run.ts';

/** Metrics with the numbers of their keys, and the position, from 1, of the target they go to. */
export type TargetMetrics = {
  readonly target: number;
  readonly metrics: readonly Metric[];
  readonly keyIds: readonly number[];
};

/** Columns of all the points. */
export function toPoints(all: readonly TargetMetrics[]): Points {
  const points: Points = { targets: [], keyIds: [], timestampsMs: [], steps: [], values: [], latest: [] };
  const latestOf = new Map<number, Map<number, number>>();
  for (const { target, metrics, keyIds } of all) {
    const latest = latestOf.get(target) ?? new Map<number, number>();
    latestOf.set(target, latest);
    for (const [i, metric] of metrics.entries()) add(points, target, keyIds[i] as number, metric, latest);
  }
  return points;
}

/** `latest` has, for each key of the target, where its greatest point stands. */
function add(points: Points, target: number, keyId: number, metric: Metric, latest: Map<number, number>): void {
  const at = points.targets.length;
  points.targets.push(target);
  points.keyIds.push(keyId);
  points.timestampsMs.push(metric.timestampMs);
  points.steps.push(metric.step);
  points.values.push(storable(metric.value));
  const known = latest.get(keyId);
  const greatest = known === undefined || isLater(points, at, known);
  points.latest.push(greatest);
  if (!greatest) return;
  if (known !== undefined) points.latest[known] = false;
  latest.set(keyId, at);
}

/** By step, then timestamp, then value; NaN is the greatest value, as PostgreSQL has it. */
function isLater({ steps, timestampsMs, values }: Points, a: number, b: number): boolean {
  const at = (column: readonly number[], i: number) => column[i] as number;
  if (at(steps, a) !== at(steps, b)) return at(steps, a) > at(steps, b);
  if (at(timestampsMs, a) !== at(timestampsMs, b)) return at(timestampsMs, a) > at(timestampsMs, b);
  return Number.isNaN(at(values, a)) || at(values, a) > at(values, b);
}
