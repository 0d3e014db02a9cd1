import type { Queryable } from '@millrace/platform/postgres';
import type { Operator } from '@millrace/platform/search/filter';
import { condition, Parameters } from '@millrace/platform/search/sql';
import type { Experiment } from '../domain/experiment.ts';
import { EXPERIMENT_COLUMNS, type ExperimentRow, toExperiment } from './experiments.ts';

export type ExperimentAttribute = 'name' | 'creation_time' | 'last_update_time';

export type ExperimentCondition =
  | { readonly on: 'tag'; readonly key: string; readonly operator: Operator; readonly value: string | null }
  | {
      readonly on: 'attribute';
      readonly key: ExperimentAttribute;
      readonly operator: Operator;
      readonly value: string | number;
    };

export type ExperimentOrder = { readonly key: ExperimentAttribute | 'experiment_id'; readonly ascending: boolean };

export type ExperimentQuery = {
  readonly conditions: readonly ExperimentCondition[];
  readonly orders: readonly ExperimentOrder[];
  readonly view: 'active' | 'deleted' | 'all';
  readonly limit: number;
  readonly offset: number;
};

const COLUMNS: Readonly<Record<ExperimentOrder['key'], string>> = {
  name: 'e.name',
  creation_time: 'e.created_ms',
  last_update_time: 'e.updated_ms',
  experiment_id: 'e.experiment_id',
};
const VIEWS = { active: ['not e.deleted'], deleted: ['e.deleted'], all: [] } as const;

/** Only names from the list above become SQL text; the rest are parameters. */
export async function listExperiments(db: Queryable, workspace: string, query: ExperimentQuery): Promise<Experiment[]> {
  const parameters = new Parameters();
  const where = [
    `e.workspace_id = ${parameters.add(workspace)}`,
    ...VIEWS[query.view],
    ...query.conditions.map((wanted) => conditionSql(wanted, parameters)),
  ];
  const { rows } = await db.query<ExperimentRow>(
    `select ${EXPERIMENT_COLUMNS} from tracking.experiment e
     where ${where.join(' and ')} order by ${orderSql(query.orders)}
     limit ${parameters.add(query.limit)} offset ${parameters.add(query.offset)}`,
    parameters.values,
  );
  return rows.map(toExperiment);
}

function conditionSql(wanted: ExperimentCondition, parameters: Parameters): string {
  if (wanted.on === 'attribute') {
    const value = parameters.add(wanted.value);
    return condition(COLUMNS[wanted.key], wanted.operator, wanted.key === 'name' ? value : `${value}::float8`);
  }
  const found = `from tracking.experiment_tag t
    where t.workspace_id = e.workspace_id and t.experiment_id = e.experiment_id and t.key = ${parameters.add(wanted.key)}`;
  if (wanted.operator === 'IS NULL') return `not exists (select ${found})`;
  if (wanted.operator === 'IS NOT NULL') return `exists (select ${found})`;
  return `exists (select ${found} and ${condition('t.value', wanted.operator, parameters.add(wanted.value))})`;
}

function orderSql(orders: readonly ExperimentOrder[]): string {
  if (orders.length === 0) return 'e.created_ms desc, e.experiment_id';
  const given = orders.map(
    ({ key, ascending }) => `${COLUMNS[key]}${key === 'name' ? ' collate "C"' : ''} ${ascending ? 'asc' : 'desc'}`,
  );
  return [...given, 'e.experiment_id desc'].join(', ');
}
