import { InvalidParameterError } from '@millrace/platform/errors';
import { type OrderBy, parseOrderBy } from '@millrace/platform/search/order-by';
import { attribute, entityOf, type TextAttribute } from './run-filter.ts';

/** One key of an order. Recency is minus the start: ascending, the latest run comes first. */
export type RunTerm =
  | { readonly on: 'metric' | 'param' | 'tag'; readonly key: string; readonly ascending: boolean }
  | { readonly on: 'attribute'; readonly key: TextAttribute | 'end_time' | 'recency'; readonly ascending: boolean };

/** Where a run stands in an order: a value for each term. null where the run has none, NaN for a metric that is NaN. */
export type Place = readonly (number | string | null)[];

/** Latest start first, then by id: what an order ends with, so that no two runs are equal in it. */
const LAST: readonly RunTerm[] = [
  { on: 'attribute', key: 'recency', ascending: true },
  { on: 'attribute', key: 'run_id', ascending: true },
];

/** Reads one sort key after another. Those that can decide nothing, being repeated or behind the id, are left out. */
export function runTerms(orderBy: readonly string[]): RunTerm[] {
  const terms: RunTerm[] = [];
  for (const term of [...orderBy.map((text) => runTerm(parseOrderBy(text))), ...LAST]) {
    if (isById(terms.at(-1))) break;
    if (!terms.some(({ on, key }) => on === term.on && key === term.key)) terms.push(term);
  }
  return terms;
}

const isById = (term: RunTerm | undefined) => term?.on === 'attribute' && term.key === 'run_id';

function runTerm({ entity, key, ascending }: OrderBy): RunTerm {
  const on = entityOf(entity);
  if (on === 'dataset') throw new InvalidParameterError(`Invalid identifier type 'dataset' in order_by`);
  if (on !== 'attribute') return { on, key, ascending };
  const known = attribute(key);
  return known === 'start_time' ? { on, key: 'recency', ascending: !ascending } : { on, key: known, ascending };
}
