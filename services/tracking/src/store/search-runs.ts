import type { Queryable } from '@millrace/platform/postgres';
import { condition, Parameters } from '@millrace/platform/search/sql';
import type { ExperimentId, RunId } from '../domain/ids.ts';
import type { DatasetKey, RunCondition, RunOrder, TextAttribute, TimeAttribute } from '../domain/run-filter.ts';
import { STATUS_NAME } from './runs.ts';

export type RunQuery = {
  readonly experiments: readonly ExperimentId[];
  readonly view: 'active' | 'deleted' | 'all';
  readonly conditions: readonly RunCondition[];
  readonly orders: readonly RunOrder[];
  /** Numbers of the metric keys that conditions and orders name; a key without one has never been logged. */
  readonly metricKeys: ReadonlyMap<string, number>;
  readonly limit: number;
  readonly offset: number;
};

/** Ids of the runs that match, in order. Only names from the lists below become SQL text; the rest are parameters. */
export async function listRunIds(db: Queryable, workspace: string, query: RunQuery): Promise<RunId[]> {
  const parameters = new Parameters();
  const where = [
    `r.workspace_id = ${parameters.add(workspace)}`,
    `r.experiment_id = any(${parameters.add(query.experiments)}::bigint[])`,
    ...VIEWS[query.view],
    ...query.conditions.map((wanted) => conditionSql(wanted, query.metricKeys, parameters)),
  ];
  const orders = query.orders.map((order, i) => orderSql(order, `o${i}`, query.metricKeys, parameters));
  const { rows } = await db.query<{ run_id: RunId }>(
    `select replace(r.run_id::text, '-', '') as run_id from tracking.run r
     ${orders.map(({ join }) => join).join(' ')}
     where ${where.join(' and ')}
     order by ${[...orders.map(({ by }) => by), 'r.start_time_ms desc', 'r.run_id'].join(', ')}
     limit ${parameters.add(query.limit)} offset ${parameters.add(query.offset)}`,
    parameters.values,
  );
  return rows.map((row) => row.run_id);
}

const VIEWS = { active: ['r.deleted_ms is null'], deleted: ['r.deleted_ms is not null'], all: [] } as const;

const TEXT: Readonly<Record<TextAttribute, string>> = {
  run_id: `replace(r.run_id::text, '-', '')`,
  run_name: 'r.name',
  status: STATUS_NAME,
  user_id: 'r.user_id',
  artifact_uri: 'r.artifact_uri',
};
const TIME: Readonly<Record<TimeAttribute, string>> = { start_time: 'r.start_time_ms', end_time: 'r.end_time_ms' };
const DATASET: Readonly<Record<DatasetKey, string>> = { name: 'd.name', digest: 'd.digest', context: 'i.context' };
const TABLE = { param: 'tracking.param', tag: 'tracking.run_tag' } as const;

function conditionSql(wanted: RunCondition, metricKeys: ReadonlyMap<string, number>, parameters: Parameters): string {
  switch (wanted.on) {
    case 'metric': {
      const key = metricKeys.get(wanted.key);
      if (key === undefined) return 'false';
      const compare = condition('m.value', wanted.operator, `${parameters.add(wanted.value)}::float8`);
      // to PostgreSQL NaN is greater than every number; to a filter it is only different from it
      const number = wanted.operator === '!=' ? '' : `and m.value <> 'NaN'`;
      return `exists (select from tracking.latest_metric m
        where m.run_id = r.run_id and m.key_id = ${parameters.add(key)} and ${compare} ${number})`;
    }
    case 'param':
    case 'tag': {
      const found = `from ${TABLE[wanted.on]} v where v.run_id = r.run_id and v.key = ${parameters.add(wanted.key)}`;
      if (wanted.operator === 'IS NULL') return `not exists (select ${found})`;
      if (wanted.operator === 'IS NOT NULL') return `exists (select ${found})`;
      return `exists (select ${found} and ${condition('v.value', wanted.operator, parameters.add(wanted.value))})`;
    }
    case 'text':
      return condition(TEXT[wanted.key], wanted.operator, parameters.add(wanted.value));
    case 'time':
      return condition(TIME[wanted.key], wanted.operator, `${parameters.add(wanted.value)}::float8`);
    case 'dataset':
      return `exists (select from tracking.run_dataset_input i
        join tracking.dataset d on d.workspace_id = i.workspace_id and d.dataset_id = i.dataset_id
        where i.run_id = r.run_id and ${condition(DATASET[wanted.key], wanted.operator, parameters.add(wanted.value))})`;
    default: {
      const never: never = wanted;
      return never;
    }
  }
}

type OrderSql = { readonly join: string; readonly by: string };

/** What is missing comes last in both directions; a metric that is NaN comes between the numbers and what is missing. */
function orderSql(
  order: RunOrder,
  alias: string,
  metricKeys: ReadonlyMap<string, number>,
  parameters: Parameters,
): OrderSql {
  const direction = order.ascending ? 'asc' : 'desc';
  switch (order.on) {
    case 'metric': {
      const key = parameters.add(metricKeys.get(order.key) ?? 0);
      const join = `left join tracking.latest_metric ${alias} on ${alias}.run_id = r.run_id and ${alias}.key_id = ${key}`;
      return { join, by: `(${alias}.value = 'NaN') asc nulls last, ${alias}.value ${direction} nulls last` };
    }
    case 'param':
    case 'tag': {
      const key = parameters.add(order.key);
      const join = `left join ${TABLE[order.on]} ${alias} on ${alias}.run_id = r.run_id and ${alias}.key = ${key}`;
      return { join, by: `${alias}.value collate "C" ${direction} nulls last` };
    }
    case 'attribute': {
      const { key } = order;
      const expression = key === 'start_time' || key === 'end_time' ? TIME[key] : `${TEXT[key]} collate "C"`;
      return { join: '', by: `${expression} ${direction} nulls last` };
    }
    default: {
      const never: never = order;
      return never;
    }
  }
}
