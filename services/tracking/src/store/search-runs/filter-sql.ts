import { condition } from '@millrace/platform/search/sql';
import type { DatasetKey, RunCondition, RunFilter, TextAttribute, TimeAttribute } from '../../domain/run-filter.ts';
import { STATUS_NAME } from '../runs.ts';
import type { Scope, View } from './query.ts';

const VIEWS: Readonly<Record<View, string>> = {
  active: 'deleted_ms is null',
  deleted: 'deleted_ms is not null',
  all: 'true',
};
export const viewSql = (view: View, alias: string) => (view === 'all' ? 'true' : `${alias}.${VIEWS[view]}`);

/** Attributes of a run `r`. */
export const TEXT: Readonly<Record<TextAttribute, string>> = {
  run_id: `replace(r.run_id::text, '-', '')`,
  run_name: 'r.name',
  status: STATUS_NAME,
  user_id: 'r.user_id',
  artifact_uri: 'r.artifact_uri',
};
const TIME: Readonly<Record<TimeAttribute, string>> = { start_time: 'r.start_time_ms', end_time: 'r.end_time_ms' };
const DATASET: Readonly<Record<DatasetKey, string>> = { name: 'd.name', digest: 'd.digest', context: 'i.context' };
const TABLE = { metric: 'tracking.latest_metric', param: 'tracking.param', tag: 'tracking.run_tag' } as const;

/**
 * A condition on a run `r`, true or false and never null, so that it can be negated. What a run was logged is looked up by its
 * primary key: a subquery in this place is no join that PostgreSQL might want to begin with.
 */
export function filterSql(filter: RunFilter, scope: Scope): string {
  switch (filter.type) {
    case 'leaf':
      return conditionSql(filter.leaf, scope);
    case 'not':
      return `not ${filterSql(filter.of, scope)}`;
    case 'and':
    case 'or': {
      if (filter.of.length === 0) return filter.type === 'and' ? 'true' : 'false';
      return `(${filter.of.map((part) => filterSql(part, scope)).join(` ${filter.type} `)})`;
    }
    default: {
      const never: never = filter;
      return never;
    }
  }
}

function conditionSql(wanted: RunCondition, scope: Scope): string {
  switch (wanted.on) {
    case 'metric':
    case 'param':
    case 'tag': {
      const found = loggedSql(wanted, scope);
      if (wanted.operator === 'IS NULL') return found ? `${found('true')} is null` : 'true';
      return found ? `coalesce(${found(valueSql(wanted, 'n.value', scope))}, false)` : 'false';
    }
    case 'text':
      return `(${condition(TEXT[wanted.key], wanted.operator, scope.add(wanted.value))})`;
    case 'time':
      return `coalesce(${condition(TIME[wanted.key], wanted.operator, `${scope.add(wanted.value)}::float8`)}, false)`;
    case 'dataset':
      return `coalesce((select true from tracking.run_dataset_input i
        join tracking.dataset d on d.workspace_id = i.workspace_id and d.dataset_id = i.dataset_id
        where i.run_id = r.run_id and ${datasetSql(wanted, scope)} limit 1), false)`;
    default: {
      const never: never = wanted;
      return never;
    }
  }
}

type Logged = Extract<RunCondition, { on: 'metric' | 'param' | 'tag' }>;

/** What is logged to `r` under a key; undefined when nobody ever logged anything under it. */
export function loggedSql(
  { on, key }: Pick<Logged, 'on' | 'key'>,
  scope: Scope,
): ((selected: string) => string) | undefined {
  const keyId = scope.query.metricKeys.get(key);
  if (on === 'metric' && keyId === undefined) return undefined;
  const is = on === 'metric' ? `n.key_id = ${scope.add(keyId)}::integer` : `n.key = ${scope.add(key)}::text`;
  return (selected) => `(select ${selected} from ${TABLE[on]} n where n.run_id = r.run_id and ${is})`;
}

/** On a value that is there. To PostgreSQL NaN is greater than every number; to a filter it is only different from it. */
export function valueSql(wanted: Logged, value: string, scope: Scope): string {
  if (wanted.value === null) return 'true';
  if (wanted.on !== 'metric') {
    // the columns' own order, by code point, knows letter case in ASCII only
    const text = wanted.operator === 'ILIKE' ? `(${value} collate "default")` : value;
    return condition(text, wanted.operator, `${scope.add(wanted.value)}::text`);
  }
  const compared = condition(value, wanted.operator, `${scope.add(wanted.value)}::float8`);
  return wanted.operator === '>' || wanted.operator === '>=' ? `${compared} and ${value} < 'NaN'` : compared;
}

/** On a data set `d`, used as an input `i`. */
export function datasetSql({ key, operator, value }: Extract<RunCondition, { on: 'dataset' }>, scope: Scope): string {
  return condition(DATASET[key], operator, scope.add(value));
}
