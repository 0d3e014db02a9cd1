import type { Queryable } from '@millrace/platform/postgres';
import type { RunId } from '../../domain/ids.ts';
import type { Place, RunTerm } from '../../domain/run-order.ts';
import { type Branch, branches, perExperiment } from './entries.ts';
import { filterSql } from './filter-sql.ts';
import { runSql } from './gather.ts';
import type { Lane } from './lane.ts';
import { type FoundColumns, type FoundRun, foundColumns, foundRuns, type RunQuery, Scope } from './query.ts';
import { orderSql, termSql } from './term-sql.ts';

/** Where on its lane a walk goes on: behind a place, from a value on, or beyond a value. */
export type Span = { readonly after?: Place; readonly from?: Place[number]; readonly beyond?: Place[number] };

export type Chunk = {
  /** Those that match. On a lane that is not exact, without those of the last value when there may be more of it. */
  readonly runs: readonly FoundRun[];
  /** The last entry, when the lane may go on behind it. */
  readonly last: Place | undefined;
  /** All entries have the same value, and there may be more of it. */
  readonly single: boolean;
};

type Row = FoundColumns & {
  readonly last_value: number | string | null;
  readonly last_recency: number | null;
  readonly last_id: RunId | null;
  readonly single: boolean | null;
};

/** Looks at the next `size` entries of a lane. */
export async function readChunk(db: Queryable, query: RunQuery, lane: Lane, span: Span, size: number): Promise<Chunk> {
  const { terms } = query;
  const scope = new Scope(query);
  const [row] = await scope.rows<Row>(
    db,
    `with w as materialized (${laneSql(lane, span, size, scope)})
     select l.value as last_value, l.recency as last_recency, replace(l.run_id::text, '-', '') as last_id, l.single, m.*
     from (select) one
     left join lateral (
       select w.value, w.recency, w.run_id, w.value = (select w.value from w limit 1) as single
       from w offset ${scope.add(size - 1)} limit 1) l on true
     cross join lateral (select ${foundColumns(terms)} from (${matchesSql(query, lane, scope)}) f) m`,
  );
  const last = row && row.last_id !== null ? [row.last_value, row.last_recency, row.last_id] : undefined;
  return {
    runs: foundRuns(row, terms),
    last: lane.by === 'value' ? last : last?.slice(1),
    single: row?.single ?? false,
  };
}

function matchesSql({ terms, limit }: RunQuery, lane: Lane, scope: Scope): string {
  const columns = terms.map((_, i) => `s.k${i}`);
  const values = terms.map((term, i) => `${i === 0 ? `w.${lane.by}` : entrySql(term, scope)} as k${i}`);
  // the first term is never missing here; said otherwise, the order of `w` would not be recognised as that of the answer
  const order = [lane.ascending ? 's.k0' : 's.k0 desc', orderSql(terms.slice(1), columns.slice(1))];
  return `
    select s.run_id, ${columns.join(', ')}
    from (
      select w.run_id, ${values.join(', ')} from w ${runSql('w', scope)}
      where ${filterSql(lane.residual, scope)}
        ${lane.exact ? '' : `and (l.${lane.by} is null or w.${lane.by} <> l.${lane.by})`}) s
    order by ${order.join(', ')} limit ${scope.add(limit)}`;
}

/** What the entry has itself is taken from it, so that its order is recognised as that of the answer. */
function entrySql(term: RunTerm, scope: Scope): string {
  const inEntry = term.on === 'attribute' && (term.key === 'recency' || term.key === 'run_id');
  return inEntry ? `w.${term.key}` : termSql(term, scope);
}

function laneSql(lane: Lane, span: Span, size: number, scope: Scope): string {
  const limit = scope.add(size);
  const order = lane.exact
    ? [...(lane.by === 'value' ? ['value'] : []), 'recency', 'run_id']
    : [lane.ascending ? lane.by : `${lane.by} desc`];
  const all = (experiment: string) => {
    const parts = branches(lane.entries, scope).map((branch) =>
      branchSql(lane, branch, span, experiment, limit, scope),
    );
    const [only = '', ...more] = parts;
    return more.length === 0 ? only : `(${parts.join(') union all (')}) order by ${order.join(', ')} limit ${limit}`;
  };
  if (lane.everywhere) return all('');
  const entries = perExperiment(scope, all);
  return scope.query.experiments.length === 1
    ? entries
    : `${entries} order by ${order.map((each) => `m.${each}`).join(', ')} limit ${limit}`;
}

function branchSql(lane: Lane, branch: Branch, span: Span, experiment: string, limit: string, scope: Scope): string {
  const { table, where } = branch;
  const value = lane.entries.on === 'run' ? 'n.recency' : 'n.value';
  const sort = lane.by === 'recency' ? ['n.recency'] : branch.sort;
  const order = lane.exact
    ? [...sort, ...(lane.by === 'value' ? ['n.recency'] : []), 'n.run_id']
    : sort.map((each) => (lane.ascending ? each : `${each} desc`));
  // numbers end before NaN, which the index has at their upper end and the answer behind them
  const number = lane.entries.on === 'metric' && lane.by === 'value' && !lane.ascending ? [`n.value < 'NaN'`] : [];
  const home = lane.everywhere
    ? `n.workspace_id = ${scope.add(scope.query.workspace)}`
    : `n.experiment_id = ${experiment}`;
  const all = [home, ...where, ...number, ...spanSql(lane, branch, span, scope)];
  return `
    select ${value} as value, n.recency, n.run_id from ${table} n
    where ${all.join(' and ')} order by ${order.join(', ')} limit ${limit}`;
}

function spanSql({ by, entries, ascending }: Lane, branch: Branch, span: Span, scope: Scope): string[] {
  const column = by === 'recency' ? 'n.recency' : 'n.value';
  const type = by === 'recency' ? 'bigint' : entries.on === 'metric' ? 'float8' : 'text';
  const bound = (value: Place[number], operator: string) => {
    const given = `${scope.add(value)}::${type}`;
    // an index of long texts is entered by their beginnings
    const loosely =
      by === 'value' && branch.sort.length > 1 ? [`${branch.sort[0]} ${operator[0]}= ${branch.sortOf(given)[0]}`] : [];
    return [`${column} ${operator} ${given}`, ...loosely];
  };
  if (span.after) {
    const [value = null, ...rest] = span.after;
    const columns = by === 'value' ? ['n.recency', 'n.run_id'] : ['n.run_id'];
    const types = by === 'value' ? ['bigint', 'uuid'] : ['uuid'];
    const given = [`${scope.add(value)}::${type}`, ...rest.map((each, i) => `${scope.add(each)}::${types[i]}`)];
    return [`(${[column, ...columns].join(', ')}) > (${given.join(', ')})`, ...bound(value, '>=')];
  }
  if (span.from !== undefined) return bound(span.from, ascending ? '>=' : '<=');
  return span.beyond === undefined ? [] : bound(span.beyond, ascending ? '>' : '<');
}
