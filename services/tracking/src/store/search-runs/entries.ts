import type { RunCondition } from '../../domain/run-filter.ts';
import { valueSql, viewSql } from './filter-sql.ts';
import type { Scope } from './query.ts';

export type LoggedCondition = Extract<RunCondition, { on: 'metric' | 'param' | 'tag' }>;
export type TimeCondition = Extract<RunCondition, { on: 'time' }>;

/**
 * Entries of the indexes that a search reads, at most one for each run: the runs themselves, or what is logged to them under
 * one key. All begin with the experiment and end with (recency, run_id); before those comes the value that was logged.
 */
export type Entries =
  | { readonly on: 'run'; readonly conditions: readonly TimeCondition[] }
  | { readonly on: 'metric'; readonly keyId: number; readonly conditions: readonly LoggedCondition[] }
  | { readonly on: 'param' | 'tag'; readonly key: string; readonly conditions: readonly LoggedCondition[] };

/** Of a table `n`: one index, or the part of an index that the conditions leave. */
export type Branch = {
  readonly table: string;
  readonly where: readonly string[];
  /** Expressions whose order is that of the values and of the index. */
  readonly sort: readonly string[];
  /** Like `sort`, of a value given. */
  readonly sortOf: (value: string) => readonly string[];
};

/** Longer texts are in an index of their own, by their first 100 characters. */
const LONG_BYTES = 500;

/** `loosely`: only as far as the index leads to what the conditions ask for, without looking at each entry. */
export function branches(entries: Entries, scope: Scope, loosely = false): Branch[] {
  if (entries.on === 'run') return [runBranch(entries.conditions, scope)];
  const values = entries.conditions.flatMap((wanted) => [
    ...rangeSql(wanted, scope),
    ...(loosely ? [] : [valueSql(wanted, 'n.value', scope)]),
  ]);
  if (entries.on === 'metric') {
    const where = [`n.key_id = ${scope.add(entries.keyId)}::integer`, ...values];
    return [{ table: 'tracking.latest_metric', where, sort: ['n.value'], sortOf: (value) => [value] }];
  }
  const table = entries.on === 'param' ? 'tracking.param' : 'tracking.run_tag';
  const where = [`n.key = ${scope.add(entries.key)}::text`, ...values];
  const short = { table, where: [`octet_length(n.value) <= ${LONG_BYTES}`, ...where], ...SHORT };
  const long = { table, where: [`octet_length(n.value) > ${LONG_BYTES}`, ...where], ...LONG };
  const equal = entries.conditions.find(({ operator }) => operator === '=');
  if (!equal) return [short, long];
  return [isLong(String(equal.value)) ? long : short];
}

const SHORT = { sort: ['n.value'], sortOf: (value: string) => [value] };
const LONG = { sort: ['left(n.value, 100)', 'n.value'], sortOf: (value: string) => [`left(${value}, 100)`, value] };

function runBranch(conditions: readonly TimeCondition[], scope: Scope): Branch {
  const where = [viewSql(scope.query.view, 'n'), ...conditions.flatMap((wanted) => recencySql(wanted, scope))];
  return { table: 'tracking.run', where, sort: ['n.recency'], sortOf: (value) => [value] };
}

/** Entries of each of the experiments, one after the other; `select` is given the experiment. */
export function perExperiment(scope: Scope, select: (experiment: string) => string): string {
  const [experiment, ...others] = scope.query.experiments;
  if (others.length === 0) return select(`${scope.add(experiment)}::bigint`);
  return `select m.* from unnest(${scope.experiments}) e (id) cross join lateral (${select('e.id')}) m`;
}

/** What an index is entered by; the condition itself may be stricter. */
function rangeSql(wanted: LoggedCondition, scope: Scope): string[] {
  const { on, operator, value } = wanted;
  if (on === 'metric') return operator === '!=' ? [] : [valueSql(wanted, 'n.value', scope)];
  if (typeof value !== 'string') return [];
  if (operator === '=') {
    const equal = valueSql(wanted, 'n.value', scope);
    return isLong(value) ? [equal, `left(n.value, 100) = left(${scope.add(value)}::text, 100)`] : [equal];
  }
  const prefix = operator === 'LIKE' ? (/^[^%_]*/.exec(value)?.[0] ?? '') : '';
  const next = successor(prefix);
  return [
    ...(prefix ? [`n.value >= ${scope.add(prefix)}::text`] : []),
    ...(next ? [`n.value < ${scope.add(next)}::text`] : []),
  ];
}

const isLong = (value: string) => Buffer.byteLength(value) > LONG_BYTES;

/** The first text, by code point, behind all that begin with `prefix`. Undefined when there is none. */
function successor(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    if (last < 0x10ffff) return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
  }
  return undefined;
}

/** Whole numbers around the one asked for, which may be none: enough to enter the index by. */
function recencySql({ key, operator, value }: TimeCondition, scope: Scope): string[] {
  if (key !== 'start_time' || operator === '!=') return [];
  const atMost = () => `n.recency <= ${scope.add(-clamp(Math.floor(value)))}::bigint`;
  const atLeast = () => `n.recency >= ${scope.add(-clamp(Math.ceil(value)))}::bigint`;
  if (operator === '=') return [atMost(), atLeast()];
  return [operator === '<' || operator === '<=' ? atLeast() : atMost()];
}

const clamp = (value: number) => Math.min(Math.max(value, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
