import type { Operation } from '../journal.ts';
import { OVERWRITTEN } from '../requests.ts';
import { type Facts, factsOf, type Pair, type StoredRun } from './stored.ts';

/** Each acknowledged write is in the run exactly once, each other wholly or not at all, and nothing else is. */
export function checkWrites(operations: readonly Operation[], runs: readonly StoredRun[]): string[] {
  const creations = new Map(operations.filter(isCreation).map(({ request }) => [request['run_name'], request]));
  const byRun = Map.groupBy(operations.filter(isWrite), ({ request }) => String(request['run_id']));
  return runs.flatMap((run) => {
    const first = [
      ...((creations.get(run.name)?.['tags'] ?? []) as Pair[]),
      { key: 'mlflow.runName', value: run.name },
    ];
    return checkRun(run, byRun.get(run.id) ?? [], first);
  });
}

const isCreation = ({ path }: Operation) => path === 'runs/create';
const isWrite = ({ path, request }: Operation) =>
  path === 'runs/set-tag' ? request['key'] !== OVERWRITTEN : /^runs\/log-/.test(path);

function checkRun(run: StoredRun, writes: readonly Operation[], ofCreation: readonly Pair[]): string[] {
  const { history: metrics, params, tags, datasets } = run;
  const fixedTags = tags.filter(({ key }) => key !== OVERWRITTEN);
  const counts = countEach(factsOf({ metrics, params, tags: fixedTags, datasets }));
  const take = (fact: string) => {
    const count = counts.get(fact) ?? 0;
    counts.delete(fact);
    return count;
  };
  const violations = factsOf({ tags: ofCreation }).flatMap((fact) => {
    const count = take(fact);
    return count === 1 ? [] : [`run ${run.id}: ${fact} is there ${count} times`];
  });
  for (const write of writes) violations.push(...checkWrite(write, take));
  return [...violations, ...[...counts.keys()].map((fact) => `run ${run.id}: ${fact}, which nobody wrote`)];
}

function checkWrite({ id, path, request, acknowledged }: Operation, take: (fact: string) => number): string[] {
  const found = factsOfRequest(path, request).map((fact) => ({ fact, count: take(fact) }));
  const twice = found
    .filter(({ count }) => count > 1)
    .map(({ fact, count }) => `${id}: ${fact} is there ${count} times`);
  const missing = found.filter(({ count }) => count === 0);
  if (acknowledged) return [...twice, ...missing.map(({ fact }) => `${id}: acknowledged but lost: ${fact}`)];
  const whole = missing.length === 0 || missing.length === found.length;
  return whole ? twice : [...twice, `${id}: ${found.length - missing.length} of ${found.length} parts are there`];
}

function factsOfRequest(path: string, request: Operation['request']): string[] {
  if (path === 'runs/set-tag') return factsOf({ tags: [request as unknown as Pair] });
  if (path === 'runs/log-metric')
    return factsOf({ metrics: [request as unknown as NonNullable<Facts['metrics']>[number]] });
  if (path !== 'runs/log-inputs') return factsOf(request as Facts);
  const inputs = request['datasets'] as readonly { dataset: { name: string; digest: string }; tags: readonly Pair[] }[];
  return factsOf({ datasets: inputs.map(({ dataset, tags }) => ({ ...dataset, tags })) });
}

function countEach(facts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const fact of facts) counts.set(fact, (counts.get(fact) ?? 0) + 1);
  return counts;
}
