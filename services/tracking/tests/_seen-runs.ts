import type { RunCondition, RunFilter } from '../src/domain/run-filter.ts';
import type { Place, RunTerm } from '../src/domain/run-order.ts';

/** A run as a search sees it. */
export type SeenRun = {
  readonly id: string;
  readonly experiment: number;
  readonly name: string;
  readonly user: string;
  readonly status: string;
  readonly startMs: number;
  readonly endMs: number | null;
  readonly deleted: boolean;
  readonly metrics: Readonly<Record<string, number>>;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly datasets: readonly { readonly name: string; readonly digest: string; readonly context: string | null }[];
};

/** What a search must find, found in the simplest way. */
export function matches(filter: RunFilter, run: SeenRun): boolean {
  switch (filter.type) {
    case 'leaf':
      return holds(filter.leaf, run);
    case 'not':
      return !matches(filter.of, run);
    case 'and':
      return filter.of.every((part) => matches(part, run));
    case 'or':
      return filter.of.some((part) => matches(part, run));
    default: {
      const never: never = filter;
      return never;
    }
  }
}

function holds(condition: RunCondition, run: SeenRun): boolean {
  const { operator, value } = condition;
  switch (condition.on) {
    case 'metric':
      return compared(run.metrics[condition.key], operator, value);
    case 'param':
      return compared(run.params[condition.key], operator, value);
    case 'tag':
      return compared(run.tags[condition.key], operator, value);
    case 'dataset':
      return run.datasets.some((dataset) => compared(dataset[condition.key] ?? undefined, operator, value));
    case 'text':
    case 'time':
      return compared(attribute(run, condition.key) ?? undefined, operator, value);
    default: {
      const never: never = condition;
      return never;
    }
  }
}

function attribute(run: SeenRun, key: string): string | number | null {
  const known: Readonly<Record<string, string | number | null>> = {
    run_id: run.id,
    run_name: run.name,
    status: run.status,
    user_id: run.user,
    artifact_uri: `file:///${run.id}`,
    start_time: run.startMs,
    recency: -run.startMs,
    end_time: run.endMs,
  };
  return known[key] ?? null;
}

function compared(actual: string | number | undefined, operator: string, wanted: RunCondition['value']): boolean {
  if (operator === 'IS NULL') return actual === undefined;
  if (actual === undefined) return false;
  switch (operator) {
    case 'IS NOT NULL':
      return true;
    case 'LIKE':
      return pattern(String(wanted), 'su').test(String(actual));
    case 'ILIKE':
      return pattern(String(wanted).toLowerCase(), 'su').test(String(actual).toLowerCase());
    case 'IN':
      return [wanted].flat().includes(actual);
    case 'NOT IN':
      return ![wanted].flat().includes(actual);
    case '=':
      return actual === wanted;
    case '!=':
      return actual !== wanted;
    case '<':
      return Number(actual) < Number(wanted);
    case '<=':
      return Number(actual) <= Number(wanted);
    case '>':
      return Number(actual) > Number(wanted);
    default:
      return Number(actual) >= Number(wanted);
  }
}

function pattern(like: string, flags: string): RegExp {
  const parts = Array.from(like, (one) =>
    one === '%' ? '.*' : one === '_' ? '.' : one.replace(/[\\^$.*+?()[\]{}|/-]/u, '\\$&'),
  );
  return new RegExp(`^${parts.join('')}$`, flags);
}

export const placeOf = (run: SeenRun, terms: readonly RunTerm[]): Place =>
  terms.map(({ on, key }) => {
    if (on === 'attribute') return attribute(run, key);
    return (on === 'metric' ? run.metrics[key] : on === 'param' ? run.params[key] : run.tags[key]) ?? null;
  });

/** Of two runs by their places. */
export function inOrder(terms: readonly RunTerm[], a: Place, b: Place): number {
  for (const [i, { ascending }] of terms.entries()) {
    const [x = null, y = null] = [a[i], b[i]];
    const byRank = rank(x) - rank(y);
    if (byRank !== 0) return byRank;
    const byValue = rank(x) > 0 ? 0 : order(x, y);
    if (byValue !== 0) return ascending ? byValue : -byValue;
  }
  return 0;
}

const rank = (value: Place[number]) => (value === null ? 2 : Number.isNaN(value) ? 1 : 0);

/** Texts by code point, as UTF-8 has them too. */
function order(a: Place[number], b: Place[number]): number {
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return Number(a) - Number(b);
}
