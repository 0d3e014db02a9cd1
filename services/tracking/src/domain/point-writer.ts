import { Coalescer, type CoalescerOptions } from '@millrace/platform/coalescer';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import type { Pool } from '@millrace/platform/postgres';
import { insertPoints, type Target } from '../store/log-points.ts';
import { type TargetMetrics, toPoints } from './points.ts';

/** Points of one request, none of which also belongs to a logged model. */
export type PointsToWrite = Target & Pick<TargetMetrics, 'metrics' | 'keyIds'>;

/** False when the run is not there or not active, and then nothing is stored. */
export type WritePoints = (points: PointsToWrite) => Promise<boolean>;

/** In points; one with a long key counts for several, so that these bound memory too. */
const MAX_POINTS_PER_STATEMENT = 2_000;
const MAX_POINTS_WAITING = 200_000;
/** One statement is being committed while the next is worked out; more would only make them smaller. */
const MAX_STATEMENTS = 2;

/** Requests that come at the same time share a statement, and with it a commit; each is answered after it. */
export function pointWriter(pool: Pool, lifecycle: Lifecycle): WritePoints {
  const options: CoalescerOptions<PointsToWrite, boolean> = {
    name: 'points',
    weigh: ({ metrics }) => metrics.reduce((sum, { key }) => sum + 1 + (key.length >> 6), 1),
    maxFlush: MAX_POINTS_PER_STATEMENT,
    maxQueue: MAX_POINTS_WAITING,
    maxInFlight: MAX_STATEMENTS,
    async flush(requests) {
      const { targets, positions } = distinctTargets(requests);
      const columns = toPoints(requests.map((request, i) => ({ ...request, target: positions[i] as number })));
      const written = await insertPoints(pool, targets, columns);
      return positions.map((position) => written.has(position));
    },
  };
  const writer = new Coalescer(options, lifecycle);
  return (points) => writer.submit(points);
}

/** Several requests for one run share a target, so that each of its keys has one latest point. */
function distinctTargets(requests: readonly Target[]) {
  const targets: Target[] = [];
  const known = new Map<string, number>();
  const positions = requests.map(({ run, workspace }) => {
    const id = `${run} ${workspace}`;
    const position = known.get(id) ?? targets.push({ run, workspace });
    known.set(id, position);
    return position;
  });
  return { targets, positions };
}
