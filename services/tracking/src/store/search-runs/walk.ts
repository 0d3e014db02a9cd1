import type { Queryable } from '@millrace/platform/postgres';
import type { RunCondition } from '../../domain/run-filter.ts';
import type { Place, RunTerm } from '../../domain/run-order.ts';
import { readChunk, type Span } from './chunk.ts';
import { everywhere, type Lane, laneOf } from './lane.ts';
import { and, conjuncts, type FoundRun, isAlways, type RunQuery, type SearchLimits } from './query.ts';

/** How much more is read at a time when the last time was not enough, or when many entries may not match. */
const GROWTH = 8;

/** Of so many runs of the workspace one must be of the experiments asked for, or they are not looked for there. */
const CROWD_SHARE = 4;

/** Finds the runs of a query by whatever way. */
export type Search = (query: RunQuery) => Promise<FoundRun[]>;

/**
 * Reads index entries in the order of the answer until enough runs match. Undefined when no index has that order, or when the
 * limit on entries was reached without telling. What the index leaves equal and the order does not is left to `search`.
 */
export async function walk(
  db: Queryable,
  query: RunQuery,
  limits: SearchLimits,
  search: Search,
): Promise<FoundRun[] | undefined> {
  const [term] = query.terms;
  if (!term || limits.walk < 0) return undefined;
  if (term.on === 'metric' && !query.metricKeys.has(term.key)) return neverLogged(query, term, search);
  const lane = laneOf(query);
  if (!lane) return undefined;
  const all = query.experiments.length >= limits.crowd ? everywhere(lane) : undefined;
  const briefly = { ...limits, walk: Math.min(limits.walk, CROWD_SHARE * query.limit) };
  const found = all && (await new Walk(db, query, briefly, search, term, all).run());
  return found ?? new Walk(db, query, limits, search, term, lane).run();
}

/** All runs are equal by a metric that there has never been. */
function neverLogged(query: RunQuery, term: RunTerm, search: Search): Promise<FoundRun[]> {
  const [passed, ...within] = query.after ?? [];
  return equalRuns(query, term, null, search, passed === null ? within : undefined);
}

class Walk {
  readonly #db: Queryable;
  readonly #query: RunQuery;
  readonly #limits: SearchLimits;
  readonly #search: Search;
  readonly #term: RunTerm;
  readonly #lane: Lane;
  readonly #found: FoundRun[] = [];

  constructor(db: Queryable, query: RunQuery, limits: SearchLimits, search: Search, term: RunTerm, lane: Lane) {
    this.#db = db;
    this.#query = query;
    this.#limits = limits;
    this.#search = search;
    this.#term = term;
    this.#lane = lane;
  }

  async run(): Promise<FoundRun[] | undefined> {
    const { after } = this.#query;
    const [passed, ...within] = after ?? [];
    if (after && passed !== null && this.#lane.exact) {
      if (!(await this.#along({ after }))) return undefined;
    } else if (passed === undefined) {
      if (!(await this.#along({}))) return undefined;
    } else {
      await this.#equal(passed, within);
      if (passed === null) return this.#found;
      if (!Number.isNaN(passed) && !(await this.#along({ beyond: passed }))) return undefined;
    }
    for (const value of valuesBehind(this.#query, this.#term)) {
      if (!(Number.isNaN(value) && Number.isNaN(passed))) await this.#equal(value);
    }
    return this.#found;
  }

  /** The query, for what is still wanted. */
  #rest(): RunQuery {
    return { ...this.#query, limit: this.#query.limit - this.#found.length };
  }

  /** False when the limit on entries was reached before the end. */
  async #along(start: Span): Promise<boolean> {
    const { limit } = this.#query;
    let span = start;
    let size = (isAlways(this.#lane.residual) ? 1 : GROWTH) * limit + this.#limits.spare;
    let left = this.#limits.walk + 2 * size;
    while (this.#found.length < limit) {
      if (left <= 0) return false;
      size = Math.min(size, left);
      const next = await this.#chunk(span, size);
      if (!next) return true;
      span = next;
      left -= size;
      size *= GROWTH;
    }
    return true;
  }

  /** Where to go on, undefined at the end. */
  async #chunk(span: Span, size: number): Promise<Span | undefined> {
    const { exact } = this.#lane;
    const { runs, last, single } = await readChunk(this.#db, this.#rest(), this.#lane, span, size);
    this.#found.push(...runs);
    if (!last) return undefined;
    const [value = null] = last;
    if (exact) return { after: last };
    if (!single) return { from: value };
    await this.#equal(value);
    return { beyond: value };
  }

  /** Runs with one value of the first term, in the order of the others. */
  async #equal(value: Place[number], after?: Place): Promise<void> {
    const rest = this.#rest();
    if (rest.limit > 0) this.#found.push(...(await equalRuns(rest, this.#term, value, this.#search, after)));
  }
}

async function equalRuns(
  query: RunQuery,
  term: RunTerm,
  value: Place[number],
  search: Search,
  after?: Place,
): Promise<FoundRun[]> {
  const filter = and(query.filter, equalTo(term, value));
  const runs = await search({ ...query, filter, terms: query.terms.slice(1), after });
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
