import { SHARED_RUN } from '../fleet.ts';
import type { Operation } from '../journal.ts';
import { runIdOf } from '../writers.ts';
import type { StoredRun } from './stored.ts';

/**
 * A run that was acknowledged is there. Creating a run is not idempotent, in MLflow neither: each time that a request was sent
 * may have made one, but no more.
 */
export function checkRuns(operations: readonly Operation[], runs: readonly StoredRun[]): string[] {
  const byName = Map.groupBy(runs, ({ name }) => name);
  const created = operations.filter(({ path }) => path === 'runs/create');
  const names = new Set([SHARED_RUN, ...created.map(({ request }) => String(request['run_name']))]);
  const strangers = runs.filter(({ name }) => !names.has(name));
  return [
    ...strangers.map(({ name }) => `a run '${name}' that nobody created`),
    ...created.flatMap((operation) => checkCreated(operation, byName.get(String(operation.request['run_name'])) ?? [])),
  ];
}

function checkCreated({ id, request, replies, acknowledged }: Operation, found: readonly StoredRun[]): string[] {
  const violations: string[] = [];
  if (acknowledged) {
    const ours = found.filter((run) => run.id === runIdOf(acknowledged));
    if (ours.length !== 1)
      violations.push(`${id}: the acknowledged run ${runIdOf(acknowledged)} is there ${ours.length} times`);
  }
  if (found.length > replies.length)
    violations.push(`${id}: ${found.length} runs '${request['run_name']}' after ${replies.length} requests`);
  for (const run of found)
    if (run.userId !== request['user_id']) violations.push(`${id}: run ${run.id} belongs to '${run.userId}'`);
  return violations;
}
