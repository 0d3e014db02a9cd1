import type { Queryable } from '@millrace/platform/postgres';
import { condition, Parameters } from '@millrace/platform/search/sql';
import type { ExperimentId } from '../domain/ids.ts';
import type { LoggedModel } from '../domain/logged-model.ts';
import type { TextAttribute, TimeAttribute } from '../domain/logged-model-attributes.ts';
import type { ModelCondition } from '../domain/logged-model-filter.ts';
import type { ModelOrder } from '../domain/logged-model-order.ts';
import { type DetailsRow, MAX_POINTS, modelDetails, toModel } from './logged-model-details.ts';
import { STATUS_NAME } from './logged-model-row.ts';

/** `digest` null stands for any. */
export type ModelDataset = { readonly name: string; readonly digest: string | null };

export type ModelQuery = {
  readonly experiments: readonly ExperimentId[];
  readonly conditions: readonly ModelCondition[];
  /** Only models with a metric on one of these, unless empty; conditions on metrics then look only at such metrics. */
  readonly datasets: readonly ModelDataset[];
  readonly orders: readonly ModelOrder[];
  /** Numbers of the metric keys that conditions and orders name; a key without one has never been logged. */
  readonly metricKeys: ReadonlyMap<string, number>;
  readonly limit: number;
  readonly offset: number;
};

/** Points on one page, shared between its models. */
const MAX_PAGE_POINTS = 100_000;

/** Whole models, in order, in one round trip. Only names from the lists below become SQL text; the rest are parameters. */
export async function listModels(db: Queryable, workspace: string, query: ModelQuery): Promise<LoggedModel[]> {
  const parameters = new Parameters();
  const orders = query.orders.map((order, i) => orderSql(order, `o${i}`, query.metricKeys, parameters));
  const by = [...orders.map((order) => order.by), 'm.created_ms desc', 'm.model_id'].join(', ');
  const where = whereSql(workspace, query, parameters);
  const [limit, offset] = [parameters.add(query.limit), parameters.add(query.offset)];
  const maxPoints = parameters.add(Math.min(MAX_POINTS, Math.floor(MAX_PAGE_POINTS / query.limit)));
  const { rows } = await db.query<DetailsRow>(
    `with page as (
       select m.model_id, row_number() over (order by ${by}) as position
       from tracking.logged_model m ${orders.map(({ join }) => join).join(' ')}
       where ${where} order by ${by} limit ${limit} offset ${offset})
     ${modelDetails('page join tracking.logged_model m using (model_id)', maxPoints)}
     order by page.position`,
    parameters.values,
  );
  return rows.map(toModel);
}

function whereSql(workspace: string, query: ModelQuery, parameters: Parameters): string {
  const onDatasets = datasetsSql(query.datasets, parameters);
  const wanted = query.conditions.map((each) => conditionSql(each, onDatasets, query.metricKeys, parameters));
  return [
    `m.workspace_id = ${parameters.add(workspace)}`,
    `m.experiment_id = any(${parameters.add(query.experiments)}::bigint[])`,
    'm.deleted_ms is null',
    ...(onDatasets
      ? [`exists (select from tracking.logged_model_metric x where x.model_id = m.model_id ${onDatasets})`]
      : []),
    ...wanted,
  ].join(' and ');
}

/** Restricts a metric `x`; empty when nothing does. */
function datasetsSql(datasets: readonly ModelDataset[], parameters: Parameters): string {
  if (datasets.length === 0) return '';
  const names = parameters.add(datasets.map(({ name }) => name));
  const digests = parameters.add(datasets.map(({ digest }) => digest));
  return `and exists (select from unnest(${names}::text[], ${digests}::text[]) as d (name, digest)
    where x.dataset_name = d.name and (d.digest is null or x.dataset_digest = d.digest))`;
}

const TEXT: Readonly<Record<TextAttribute, string>> = {
  name: 'm.name',
  model_id: 'm.model_id',
  model_type: 'm.model_type',
  source_run_id: 'm.source_run_id',
  experiment_id: 'm.experiment_id::text',
  artifact_uri: 'm.artifact_uri',
  status: STATUS_NAME,
  status_message: 'm.status_message',
  lifecycle_stage: `(case when m.deleted_ms is null then 'active' else 'deleted' end)`,
};
const TIME: Readonly<Record<TimeAttribute, string>> = { created: 'm.created_ms', updated: 'm.updated_ms' };
const TABLE = { param: 'tracking.logged_model_param', tag: 'tracking.logged_model_tag' } as const;

function conditionSql(
  wanted: ModelCondition,
  onDatasets: string,
  metricKeys: ReadonlyMap<string, number>,
  parameters: Parameters,
): string {
  switch (wanted.on) {
    case 'metric': {
      const key = metricKeys.get(wanted.key);
      if (key === undefined) return 'false';
      const compare = condition('x.value', wanted.operator, `${parameters.add(wanted.value)}::float8`);
      // to PostgreSQL NaN is greater than every number; to a filter it is only different from it
      const number = wanted.operator === '!=' ? '' : `and x.value <> 'NaN'`;
      return `exists (select from tracking.logged_model_metric x
        where x.model_id = m.model_id and x.key_id = ${parameters.add(key)} and ${compare} ${number} ${onDatasets})`;
    }
    case 'param':
    case 'tag':
      return `exists (select from ${TABLE[wanted.on]} v where v.model_id = m.model_id
        and v.key = ${parameters.add(wanted.key)} and ${condition('v.value', wanted.operator, parameters.add(wanted.value))})`;
    case 'text':
      return condition(TEXT[wanted.key], wanted.operator, parameters.add(wanted.value));
    case 'time':
      return condition(TIME[wanted.key], wanted.operator, `${parameters.add(wanted.value)}::float8`);
    default: {
      const never: never = wanted;
      return never;
    }
  }
}

type OrderSql = { readonly join: string; readonly by: string };

/** A metric counts with its latest point. NaN comes between the numbers and what is missing, which is last both ways. */
function orderSql(
  order: ModelOrder,
  alias: string,
  metricKeys: ReadonlyMap<string, number>,
  parameters: Parameters,
): OrderSql {
  const direction = order.ascending ? 'asc' : 'desc';
  if (order.on === 'attribute') return { join: '', by: `${sortable(order.key)} ${direction} nulls last` };
  const restrictions = [
    `x.key_id = ${parameters.add(metricKeys.get(order.key) ?? 0)}`,
    ...(order.datasetName === null ? [] : [`x.dataset_name = ${parameters.add(order.datasetName)}`]),
    ...(order.datasetDigest === null ? [] : [`x.dataset_digest = ${parameters.add(order.datasetDigest)}`]),
  ];
  const join = `left join lateral (
    select x.value from tracking.logged_model_metric x where x.model_id = m.model_id and ${restrictions.join(' and ')}
    order by x.timestamp_ms desc, x.step desc, x.value desc limit 1) ${alias} on true`;
  return { join, by: `(${alias}.value = 'NaN') asc nulls last, ${alias}.value ${direction} nulls last` };
}

function sortable(key: TextAttribute | TimeAttribute): string {
  switch (key) {
    case 'created':
    case 'updated':
      return TIME[key];
    case 'experiment_id':
      return 'm.experiment_id';
    case 'status':
      return 'm.status';
    default:
      return `${TEXT[key]} collate "C"`;
  }
}
