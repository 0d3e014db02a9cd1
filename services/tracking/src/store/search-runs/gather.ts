import type { Queryable } from '@millrace/platform/postgres';
import { type Cover, candidatesSql } from './cover.ts';
import { branches, type Entries } from './entries.ts';
import { filterSql, viewSql } from './filter-sql.ts';
import { type FoundColumns, type FoundRun, foundColumns, foundRuns, type RunQuery, Scope, without } from './query.ts';
import { behindSql, orderSql, termSql } from './term-sql.ts';

/** The runs themselves: candidates where no condition leads to fewer. */
export const ALL_RUNS: Cover = { sources: [{ on: 'run', conditions: [] }], conditions: [] };

/** Looks at every candidate and sorts those that match. */
export async function gather(db: Queryable, query: RunQuery, cover: Cover, offset = 0): Promise<FoundRun[]> {
  const { terms, after } = query;
  if (cover.sources.length === 0) return [];
  const scope = new Scope(query);
  const columns = terms.map((_, i) => `s.k${i}`);
  const values = terms.map((term, i) => `${termSql(term, scope)} as k${i}`);
  const [found] = await scope.rows<FoundColumns>(
    db,
    `select ${foundColumns(terms)}
     from (
       select s.run_id, ${columns.join(', ')}
       from (
         select r.run_id, ${values.join(', ')}
         from ${runsOf(cover, scope)}
         where ${filterSql(remaining(query, cover), scope)}
         offset 0) s
       ${after ? `where ${behindSql(terms, columns, after, scope)}` : ''}
       order by ${orderSql(terms, columns)}
       limit ${scope.add(query.limit)} offset ${scope.add(offset)}) f`,
  );
  return foundRuns(found, terms);
}

/** What the only source is made from holds for all it has. */
function remaining({ filter }: RunQuery, { sources, conditions }: Cover): RunQuery['filter'] {
  return sources.length === 1 ? without(filter, new Set(conditions)) : filter;
}

/** By id, which grows with time: runs that are looked at one after the other then lie side by side. */
function runsOf({ sources }: Cover, scope: Scope): string {
  const [source] = sources;
  if (source?.on === 'run' && sources.length === 1) return allRunsSql(source, scope);
  return `(
    select distinct u.run_id from (${candidatesSql(sources, scope)}) u order by u.run_id) c ${runSql('c', scope)}`;
}

const COLUMNS = 'n.run_id, n.recency, n.start_time_ms, n.end_time_ms, n.name, n.status, n.user_id, n.artifact_uri';

/** Experiment by experiment, in the order of the index: of a single large one PostgreSQL would rather read the table. */
function allRunsSql(entries: Entries, scope: Scope): string {
  const where = branches(entries, scope).flatMap((branch) => branch.where);
  return `unnest(${scope.experiments}) e (id) cross join lateral (
    select ${COLUMNS} from tracking.run n
    where n.experiment_id = e.id and n.workspace_id = ${scope.add(scope.query.workspace)} and ${where.join(' and ')}
    order by n.recency offset 0) r`;
}

/**
 * The run `r` of each candidate, found by its primary key: `offset 0` keeps PostgreSQL from beginning with all runs. Only
 * those that the query is about at all.
 */
export function runSql(candidate: string, scope: Scope): string {
  const { workspace, view } = scope.query;
  return `cross join lateral (
    select ${COLUMNS} from tracking.run n
    where n.run_id = ${candidate}.run_id and n.workspace_id = ${scope.add(workspace)}
      and n.experiment_id = any(${scope.experiments}) and ${viewSql(view, 'n')}
    offset 0) r`;
}
