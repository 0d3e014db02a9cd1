import type { Queryable } from '@millrace/platform/postgres';
import type { Operator } from '@millrace/platform/search/comparison';
import type { Logic } from '@millrace/platform/search/logic';
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

export type ExperimentTerm = { readonly key: ExperimentAttribute | 'experiment_id'; readonly ascending: boolean };

export type ExperimentQuery = {
  readonly filter: Logic<ExperimentCondition>;
  /** The last one is the id, so that no two experiments are equal. */
  readonly terms: readonly ExperimentTerm[];
  readonly view: 'active' | 'deleted' | 'all';
  /** Only experiments behind this place: a value for each term. */
  readonly after: readonly (string | number)[] | null;
  readonly limit: number;
  readonly offset: number;
};

const COLUMNS: Readonly<Record<ExperimentTerm['key'], string>> = {
  name: 'e.name',
  creation_time: 'e.created_ms',
  last_update_time: 'e.updated_ms',
  experiment_id: 'e.experiment_id',
};
const VIEWS = { active: 'not e.deleted', deleted: 'e.deleted', all: 'true' } as const;

/** Only names from the list above become SQL text; the rest are parameters. */
export async function listExperiments(db: Queryable, workspace: string, query: ExperimentQuery): Promise<Experiment[]> {
  const parameters = new Parameters();
  const { rows } = await db.query<ExperimentRow>(
    `select ${EXPERIMENT_COLUMNS} from tracking.experiment e
     where e.workspace_id = ${parameters.add(workspace)} and ${VIEWS[query.view]}
       and ${filterSql(query.filter, parameters)} and ${behindSql(query, parameters)}
     order by ${query.terms.map(orderSql).join(', ')}
     limit ${parameters.add(query.limit)} offset ${parameters.add(query.offset)}`,
    parameters.values,
  );
  return rows.map(toExperiment);
}

function filterSql(filter: ExperimentQuery['filter'], parameters: Parameters): string {
  switch (filter.type) {
    case 'leaf':
      return conditionSql(filter.leaf, parameters);
    case 'not':
      return `not ${filterSql(filter.of, parameters)}`;
    case 'and':
    case 'or':
      if (filter.of.length === 0) return filter.type === 'and' ? 'true' : 'false';
      return `(${filter.of.map((part) => filterSql(part, parameters)).join(` ${filter.type} `)})`;
    default: {
      const never: never = filter;
      return never;
    }
  }
}

function conditionSql(wanted: ExperimentCondition, parameters: Parameters): string {
  if (wanted.on === 'attribute') {
    const value = parameters.add(wanted.value);
    return `(${condition(COLUMNS[wanted.key], wanted.operator, wanted.key === 'name' ? value : `${value}::float8`)})`;
  }
  const found = `from tracking.experiment_tag t
    where t.workspace_id = e.workspace_id and t.experiment_id = e.experiment_id and t.key = ${parameters.add(wanted.key)}`;
  if (wanted.operator === 'IS NULL') return `not exists (select ${found})`;
  if (wanted.operator === 'IS NOT NULL') return `exists (select ${found})`;
  return `exists (select ${found} and ${condition('t.value', wanted.operator, parameters.add(wanted.value))})`;
}

/** Names by code point. */
const columnOf = ({ key }: ExperimentTerm) => (key === 'name' ? `${COLUMNS[key]} collate "C"` : COLUMNS[key]);

const orderSql = (term: ExperimentTerm) => `${columnOf(term)} ${term.ascending ? 'asc' : 'desc'}`;

/** Behind by the first term, or equal by that and behind by the next, and so on. */
function behindSql({ terms, after }: ExperimentQuery, parameters: Parameters): string {
  if (!after) return 'true';
  return terms.reduceRight((sql, term, i) => {
    const value = `${parameters.add(after[i])}::${term.key === 'name' ? 'text' : 'bigint'}`;
    const column = columnOf(term);
    return `(${column} ${term.ascending ? '>' : '<'} ${value} or ${column} = ${value} and ${sql})`;
  }, 'false');
}
