import type { Queryable } from '@millrace/platform/postgres';
import type { RunId } from '../../domain/ids.ts';
import type { RunCondition, RunFilter } from '../../domain/run-filter.ts';
import { branches, type Entries, perExperiment } from './entries.ts';
import { datasetSql } from './filter-sql.ts';
import { type RunQuery, Scope } from './query.ts';

/** Where candidates are read that can be all for which one condition holds. */
export type Source =
  | Entries
  | { readonly on: 'ids'; readonly ids: readonly RunId[] }
  | Extract<RunCondition, { on: 'dataset' }>;

/** Sources that together have every run for which a filter can hold. `conditions` hold for all that the sources have. */
export type Cover = { readonly sources: readonly Source[]; readonly conditions: readonly RunCondition[] };

/** Of five hundred conditions that all must hold, the first ones that can lead somewhere must do. */
const MAX_COUNTED = 16;
const RUN_ID = /^[0-9a-f]{32}$/;

/**
 * The cover of the filter with the fewest candidates, when there is one with up to `limit`. Counting reads no more than
 * `limit` index entries per condition. `or else any`: without one so small, any cover that can be had.
 */
export async function bestCover(
  db: Queryable,
  query: RunQuery,
  limit: number,
  orElseAny = false,
): Promise<Cover | undefined> {
  const sources = new Map<RunCondition, Source>();
  collect(query.filter, query, sources);
  if (sources.size === 0) return undefined;
  const counts = await countUpTo(db, query, sources, limit + 1);
  const best = choose(query.filter, (condition) => {
    const [source, count] = [sources.get(condition), counts.get(condition)];
    if (!source || count === undefined) return undefined;
    return { sources: [source], conditions: source.on === 'run' ? [] : [condition], count };
  });
  return best && (best.count <= limit || orElseAny) ? best : undefined;
}

type Counted = Cover & { readonly count: number };

/** Of conditions that all must hold the best will do; of alternatives all are needed; what is negated leads nowhere. */
function choose(filter: RunFilter, counted: (leaf: RunCondition) => Counted | undefined): Counted | undefined {
  if (filter.type === 'leaf') return counted(filter.leaf);
  if (filter.type === 'not') return undefined;
  const parts = filter.of.map((part) => choose(part, counted));
  const known = parts.filter((part) => part !== undefined);
  if (filter.type === 'and')
    return known.reduce<Counted | undefined>((a, b) => (a && a.count <= b.count ? a : b), undefined);
  if (known.length < parts.length) return undefined;
  return {
    sources: known.flatMap(({ sources }) => sources),
    conditions: known.flatMap(({ conditions }) => conditions),
    count: known.reduce((sum, { count }) => sum + count, 0),
  };
}

/** What is negated leads nowhere; of alternatives all must lead somewhere. */
function collect(filter: RunFilter, query: RunQuery, into: Map<RunCondition, Source>): void {
  if (filter.type === 'leaf') {
    const source = sourceOf(filter.leaf, query);
    if (source) into.set(filter.leaf, source);
  } else if (filter.type === 'and') {
    const most = into.size + MAX_COUNTED;
    for (const part of filter.of) if (into.size < most) collect(part, query, into);
  } else if (filter.type === 'or') {
    for (const part of filter.of) collect(part, query, into);
  }
}

function sourceOf(condition: RunCondition, { metricKeys }: RunQuery): Source | undefined {
  switch (condition.on) {
    case 'metric': {
      const keyId = metricKeys.get(condition.key);
      if (condition.operator === 'IS NULL') return undefined;
      return keyId === undefined ? { on: 'ids', ids: [] } : { on: 'metric', keyId, conditions: [condition] };
    }
    case 'param':
    case 'tag':
      if (condition.operator === 'IS NULL') return undefined;
      return { on: condition.on, key: condition.key, conditions: [condition] };
    case 'text':
      if (condition.key !== 'run_id' || (condition.operator !== '=' && condition.operator !== 'IN')) return undefined;
      return { on: 'ids', ids: [condition.value].flat().filter((id): id is RunId => RUN_ID.test(id)) };
    case 'time':
      if (condition.key !== 'start_time' || condition.operator === '!=') return undefined;
      return { on: 'run', conditions: [condition] };
    case 'dataset':
      return condition;
    default: {
      const never: never = condition;
      return never;
    }
  }
}

async function countUpTo(
  db: Queryable,
  query: RunQuery,
  sources: ReadonlyMap<RunCondition, Source>,
  limit: number,
): Promise<Map<RunCondition, number>> {
  const counts = new Map<RunCondition, number>();
  const scope = new Scope(query);
  const columns: string[] = [];
  const counted: RunCondition[] = [];
  for (const [condition, source] of sources) {
    if (source.on === 'ids') {
      counts.set(condition, source.ids.length);
    } else {
      columns.push(`(select count(*)::integer from (${countedSql(source, limit, scope)}) n) as c${counted.length}`);
      counted.push(condition);
    }
  }
  if (columns.length === 0) return counts;
  const [row] = await scope.rows<Record<string, number>>(db, `select ${columns.join(', ')}`);
  for (const [i, condition] of counted.entries()) counts.set(condition, row?.[`c${i}`] ?? 0);
  return counts;
}

function countedSql(source: Exclude<Source, { on: 'ids' }>, limit: number, scope: Scope): string {
  const most = `limit ${scope.add(limit)}`;
  return `select 1 from (${selects(source, '1 as one', scope, { loosely: true, most }).join(' union all ')}) u ${most}`;
}

/** Ids of all candidates. */
export function candidatesSql(sources: readonly Source[], scope: Scope): string {
  return sources
    .flatMap((source) => selects(source, 'n.run_id', scope, { loosely: false, most: '' }))
    .join(' union all ');
}

type Reading = { readonly loosely: boolean; readonly most: string };

function selects(source: Source, columns: string, scope: Scope, { loosely, most }: Reading): string[] {
  if (source.on === 'ids') return [`(select ${columns} from unnest(${scope.add(source.ids)}::uuid[]) n (run_id))`];
  if (source.on === 'dataset') return [`(${datasetRunsSql(source, columns, scope)} ${most})`];
  return branches(source, scope, loosely).map(({ table, where, sort }) => {
    const select = (experiment: string) => {
      const all = [`n.experiment_id = ${experiment}`, ...where].join(' and ');
      // in the order of the index, or PostgreSQL may prefer to read the whole table
      return `select ${columns} from ${table} n where ${all} order by ${sort[0]} ${most}`;
    };
    return `(${perExperiment(scope, select)})`;
  });
}

function datasetRunsSql(source: Extract<Source, { on: 'dataset' }>, columns: string, scope: Scope): string {
  return `select ${columns} from tracking.dataset d
    join tracking.run_dataset_input i on i.workspace_id = d.workspace_id and i.dataset_id = d.dataset_id
    cross join lateral (select i.run_id) n
    where d.workspace_id = ${scope.add(scope.query.workspace)} and d.experiment_id = any(${scope.experiments})
      and ${datasetSql(source, scope)}`;
}
