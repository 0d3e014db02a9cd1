import type { Queryable } from '@millrace/platform/postgres';
import type { RunCondition } from '../../domain/run-filter.ts';
import type { Place, RunTerm } from '../../domain/run-order.ts';
import { readChunk, type Span } from './chunk.ts';
import { type Lane, laneOf } from './lane.ts';
import { and, conjuncts, type FoundRun, isAlways, type RunQuery } from './query.ts';

/** Finds the runs of a query by whatever way. */
export type Search = (query: RunQuery) => Promise<FoundRun[]>;

/**
 * Reads index entries in the order of the answer until enough runs match. Undefined when no index has that order, or when
 * `budget` entries were not enough to tell. What the index leaves equal and the order does not is left to `search`.
 */
export async function walk(
  db: Queryable,
  query: RunQuery,
  budget: number,
  search: Search,
): Promise<FoundRun[] | undefined> {
  const [term] = query.terms;
  const [passed, ...within] = query.after ?? [];
  if (term?.on === 'metric' && !query.metricKeys.has(term.key)) {
    return equalRuns(query, term, null, search, passed === null ? within : undefined);
  }
  const lane = laneOf(query);
  if (!term || !lane) return undefined;
  const found: FoundRun[] = [];
  const startsWithin = passed !== undefined && (passed === null || !lane.exact);
  if (startsWithin) found.push(...(await equalRuns(query, term, passed, search, within)));
  if (passed === null) return found;

  if (!(startsWithin && Number.isNaN(passed))) {
    const span = startsWithin ? { beyond: passed } : query.after ? { after: query.after } : {};
    if (!(await walkAlong(db, query, lane, span, budget, search, found))) return undefined;
  }
  for (const value of valuesBehind(query, term)) {
    if (found.length >= query.limit) break;
    if (Number.isNaN(value) && Number.isNaN(passed)) continue;
    found.push(...(await equalRuns({ ...query, limit: query.limit - found.length }, term, value, search)));
  }
  return found;
}

/** Adds to `found`. False when the budget was used up before the end. */
async function walkAlong(
  db: Queryable,
  query: RunQuery,
  lane: Lane,
  start: Span,
  budget: number,
  search: Search,
  found: FoundRun[],
): Promise<boolean> {
  const [term] = query.terms;
  let span = start;
  let size = isAlways(lane.residual) ? query.limit + 64 : 8 * query.limit + 64;
  let left = budget + 2 * size;
  while (term && found.length < query.limit) {
    if (left <= 0) return false;
    size = Math.min(size, left);
    const wanted = { ...query, limit: query.limit - found.length };
    const { runs, last, single } = await readChunk(db, wanted, lane, span, size);
    found.push(...runs);
    if (!last) return true;
    const [value = null] = last;
    if (single && !lane.exact) {
      found.push(...(await equalRuns(wanted, term, value, search)));
      span = { beyond: value };
    } else {
      span = lane.exact ? { after: last } : { from: value };
    }
    left -= size;
    size *= 8;
  }
  return true;
}

/** Runs with one value of the first term, in the order of the others. */
async function equalRuns(
  query: RunQuery,
  term: RunTerm,
  value: Place[number],
  search: Search,
  after?: Place,
): Promise<FoundRun[]> {
  const runs = await search({
    ...query,
    filter: and(query.filter, equalTo(term, value)),
    terms: query.terms.slice(1),
    after,
  });
  return runs.map(({ id, place }) => ({ id, place: [value, ...place] }));
}

function equalTo({ on, key }: RunTerm, value: Place[number]): RunCondition {
  if (on === 'attribute') return { on: 'time', key: 'start_time', operator: '=', value: -Number(value) };
  const operator = value === null ? 'IS NULL' : '=';
  if (on === 'metric') return { on, key, operator, value: value === null ? null : Number(value) };
  return { on, key, operator, value: value === null ? null : String(value) };
}

/** What comes behind the values of a lane. */
function valuesBehind({ filter }: RunQuery, { on, key, ascending }: RunTerm): (number | null)[] {
  if (on === 'attribute') return [];
  const wanted = conjuncts(filter).filter((each) => each.on === on && each.key === key);
  const present = wanted.filter(({ operator }) => operator !== 'IS NULL');
  const numbers = present.some(({ operator }) => operator !== '!=');
  return [...(on === 'metric' && !ascending && !numbers ? [Number.NaN] : []), ...(present.length > 0 ? [] : [null])];
}
