import type { Place, RunTerm } from '../../domain/run-order.ts';
import { loggedSql, TEXT } from './filter-sql.ts';
import type { Scope } from './query.ts';

/** The value of a term for a run `r`: null where it has none. */
export function termSql(term: RunTerm, scope: Scope): string {
  if (term.on !== 'attribute') return loggedSql(term, scope)?.('n.value') ?? `null::${TYPES[term.on]}`;
  if (term.key === 'run_id') return 'r.run_id';
  if (term.key === 'recency') return 'r.recency';
  // texts are ordered by code point, whatever the database was created with
  return term.key === 'end_time' ? 'r.end_time_ms' : `${TEXT[term.key]} collate "C"`;
}

const TYPES = { metric: 'float8', param: 'text', tag: 'text', attribute: 'text' } as const;

function termType(term: RunTerm): string {
  if (term.on !== 'attribute') return TYPES[term.on];
  if (term.key === 'run_id') return 'uuid';
  return term.key === 'recency' || term.key === 'end_time' ? 'bigint' : 'text';
}

/** What is missing comes last in both directions; a metric that is NaN comes between the numbers and what is missing. */
export function orderSql(terms: readonly RunTerm[], columns: readonly string[]): string {
  return terms.flatMap((term, i) => oneOrderSql(term, columns[i] ?? '')).join(', ');
}

function oneOrderSql({ on, ascending }: RunTerm, column: string): string[] {
  if (ascending) return [column];
  // to PostgreSQL NaN is the greatest number, and what is missing is greater still
  return on === 'metric' ? [`${column} = 'NaN'`, `${column} desc nulls last`] : [`${column} desc nulls last`];
}

/** Runs strictly behind a place: behind it by the first term, or equal by that and behind by the next, and so on. */
export function behindSql(terms: readonly RunTerm[], columns: readonly string[], place: Place, scope: Scope): string {
  let sql = 'false';
  for (const [i, term] of [...terms.entries()].reverse()) {
    const [column = '', value = null] = [columns[i], place[i]];
    const [beyond, equal] = comparisons(term, column, value, scope);
    sql = `(${beyond} or ${equal} and ${sql})`;
  }
  return sql;
}

function comparisons(term: RunTerm, column: string, value: Place[number], scope: Scope): [string, string] {
  if (value === null) return ['false', `${column} is null`];
  if (Number.isNaN(value)) return [`${column} is null`, `${column} = 'NaN'`];
  const given = `${scope.add(value)}::${termType(term)}`;
  const beyond = term.ascending ? `${column} > ${given}` : `${column} < ${given}`;
  const nan = term.on === 'metric' && !term.ascending ? ` or ${column} = 'NaN'` : '';
  return [`(${beyond}${nan} or ${column} is null)`, `${column} = ${given}`];
}
