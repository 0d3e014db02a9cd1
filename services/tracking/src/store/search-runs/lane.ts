import type { RunCondition } from '../../domain/run-filter.ts';
import type { RunTerm } from '../../domain/run-order.ts';
import type { Entries, LoggedCondition, TimeCondition } from './entries.ts';
import { conjuncts, type RunQuery, without } from './query.ts';

/** Index entries in the order of the first term of a query. */
export type Lane = {
  readonly entries: Entries;
  /** What the entries are ordered by first. */
  readonly by: 'value' | 'recency';
  readonly ascending: boolean;
  /** The entries are in the order of the answer. Otherwise that is so only of those that differ in `by`. */
  readonly exact: boolean;
  /** What the filter asks for beyond what the entries were chosen by. */
  readonly residual: RunQuery['filter'];
  /** The entries are of all experiments of the workspace, those that are not asked for too. */
  readonly everywhere?: true;
};

/** The same lane through all experiments of the workspace; undefined where no index has that. */
export function everywhere(lane: Lane): Lane | undefined {
  return lane.entries.on === 'run' ? { ...lane, everywhere: true } : undefined;
}

/** Undefined when no index has the order of the query's first term. */
export function laneOf(query: RunQuery): Lane | undefined {
  const [first, ...rest] = query.terms;
  if (first?.on !== 'attribute') return first && loggedLane(query, first, rest);
  return first.key === 'recency' ? recencyLane(query, first, rest) : undefined;
}

type Logged = Extract<RunTerm, { on: 'metric' | 'param' | 'tag' }>;

function loggedLane(query: RunQuery, term: Logged, rest: readonly RunTerm[]): Lane | undefined {
  const conditions = conjuncts(query.filter).filter((wanted) => isOn(wanted, term));
  const exact = term.ascending && isUpwards(rest, ['recency', 'run_id']);
  const entries = loggedEntries(term, conditions, query);
  const residual = without(query.filter, new Set(conditions));
  return entries && { entries, by: 'value', ascending: term.ascending, exact, residual };
}

function isOn(wanted: RunCondition, { on, key }: Logged): wanted is LoggedCondition {
  return wanted.on === on && wanted.key === key && wanted.operator !== 'IS NULL';
}

function recencyLane(query: RunQuery, { ascending }: RunTerm, rest: readonly RunTerm[]): Lane {
  const exact = ascending && isUpwards(rest, ['run_id']);
  const lane = { by: 'recency', ascending, exact } as const;
  const wanted = conjuncts(query.filter);
  for (const equal of exact ? wanted : []) {
    const entries = equalEntries(equal, query);
    if (entries) return { ...lane, entries, residual: without(query.filter, new Set([equal])) };
  }
  const conditions = wanted.filter((each): each is TimeCondition => each.on === 'time');
  return { ...lane, entries: { on: 'run', conditions }, residual: query.filter };
}

/** Entries of one value: they are in the order of recency. */
function equalEntries(wanted: RunCondition, query: RunQuery): Entries | undefined {
  if (wanted.on !== 'metric' && wanted.on !== 'param' && wanted.on !== 'tag') return undefined;
  return wanted.operator === '=' ? loggedEntries(wanted, [wanted], query) : undefined;
}

function loggedEntries(
  { on, key }: Pick<Logged, 'on' | 'key'>,
  conditions: readonly LoggedCondition[],
  { metricKeys }: RunQuery,
): Entries | undefined {
  if (on !== 'metric') return { on, key, conditions };
  const keyId = metricKeys.get(key);
  return keyId === undefined ? undefined : { on, keyId, conditions };
}

/** The terms are these attributes of runs, in ascending order. */
function isUpwards(terms: readonly RunTerm[], keys: readonly string[]): boolean {
  return (
    terms.length === keys.length &&
    terms.every(({ on, key, ascending }, i) => on === 'attribute' && key === keys[i] && ascending)
  );
}
