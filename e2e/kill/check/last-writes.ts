import type { Operation } from '../journal.ts';
import { OVERWRITTEN } from '../requests.ts';
import type { Point, StoredRun } from './stored.ts';

/** What is overwritten has the last acknowledged value, or one sent after it of which nobody knows. */
export function checkLastWrites(operations: readonly Operation[], runs: readonly StoredRun[]): string[] {
  const byRun = Map.groupBy(operations, ({ request }) => String(request['run_id'] ?? ''));
  return runs.flatMap((run) => {
    const own = byRun.get(run.id) ?? [];
    const tagged = own.filter(({ path, request }) => path === 'runs/set-tag' && request['key'] === OVERWRITTEN);
    const tag = run.tags.find(({ key }) => key === OVERWRITTEN)?.value;
    const updates = own.filter(({ path }) => path === 'runs/update');
    return [
      ...checkLast(`run ${run.id}: tag ${OVERWRITTEN}`, tag, undefined, tagged, ({ value }) => value),
      ...checkLast(`run ${run.id}: status`, run.status, 'RUNNING', updates, ({ status }) => status),
      ...checkLatest(run),
    ];
  });
}

function checkLast(
  what: string,
  stored: unknown,
  initial: unknown,
  writes: readonly Operation[],
  read: (request: Operation['request']) => unknown,
): string[] {
  const last = writes.findLastIndex(({ acknowledged }) => acknowledged);
  const possible = writes.slice(Math.max(last, 0)).map(({ request }) => read(request));
  if (last < 0) possible.push(initial);
  return possible.includes(stored) ? [] : [`${what} is ${stored}, not ${possible.join(' or ')}`];
}

/** The latest point of each metric is the greatest of its history by step, timestamp and value. */
function checkLatest({ id, history, latest }: StoredRun): string[] {
  const greatest = [...Map.groupBy(history, ({ key }) => key).values()].map((points) => points.reduce(later));
  const print = ({ key, step, timestamp, value }: Point) => `${key} step ${step} at ${timestamp} = ${value}`;
  const expected = greatest.map(print).sort().join('; ');
  const found = latest.map(print).sort().join('; ');
  return expected === found ? [] : [`run ${id}: latest metrics are [${found}], not [${expected}]`];
}

function later(a: Point, b: Point): Point {
  const difference = a.step - b.step || a.timestamp - b.timestamp || a.value - b.value;
  return difference >= 0 ? a : b;
}
