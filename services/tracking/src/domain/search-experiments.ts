import type { Context } from '@millrace/platform/contract/context';
import { InvalidParameterError } from '@millrace/platform/errors';
import { type Comparison, type Operator, parseFilter } from '@millrace/platform/search/filter';
import { type OrderBy, parseOrderBy } from '@millrace/platform/search/order-by';
import { readOffset, writeOffset } from '@millrace/platform/search/page-token';
import {
  type ExperimentAttribute,
  type ExperimentCondition,
  type ExperimentOrder,
  listExperiments,
} from '../store/search-experiments.ts';
import type { Deps } from './deps.ts';
import type { Experiment } from './experiment.ts';
import { checkMaxResults } from './search-runs.ts';

const MAX_RESULTS = 50_000;
const NUMERIC: readonly Operator[] = ['=', '!=', '<', '<=', '>', '>='];
const TEXT: readonly Operator[] = ['=', '!=', 'LIKE', 'ILIKE'];
const NULLS: readonly Operator[] = ['IS NULL', 'IS NOT NULL'];

export type ExperimentSearch = {
  readonly filter: string;
  readonly orderBy: readonly string[];
  readonly view: 'active' | 'deleted' | 'all';
  readonly maxResults: number;
  readonly pageToken: string;
};

export type ExperimentPage = {
  readonly experiments: readonly Experiment[];
  readonly nextPageToken: string | undefined;
};

/** One page of experiments, newest first where the order says nothing else. */
export async function searchExperiments(
  deps: Deps,
  { workspace, readable }: Context,
  search: ExperimentSearch,
): Promise<ExperimentPage> {
  checkMaxResults(search.maxResults, MAX_RESULTS);
  const conditions = parseFilter(search.filter).map(experimentCondition);
  const orders = search.orderBy.map((text) => experimentOrder(parseOrderBy(text)));
  const offset = readOffset(search.pageToken);
  const query = { conditions, orders, view: search.view, limit: search.maxResults + 1, offset };
  const found = await listExperiments(deps.pool, workspace, query);
  const more = found.length > search.maxResults;
  const page = more ? found.slice(0, -1) : found;
  return {
    experiments: readable ? page.filter(({ id }) => readable(String(id))) : page,
    nextPageToken: more ? writeOffset(offset + search.maxResults) : undefined,
  };
}

function experimentCondition({ entity, key, operator, value }: Comparison): ExperimentCondition {
  if (entity === 'tag' || entity === 'tags') {
    if (NULLS.includes(operator)) return { on: 'tag', key, operator, value: null };
    check('tag', operator, TEXT);
    if (value.type !== 'string') throw notQuoted('tag', value);
    return { on: 'tag', key, operator, value: value.text };
  }
  const name = attribute(entity, key);
  if (NULLS.includes(operator)) {
    throw new InvalidParameterError('IS NULL / IS NOT NULL is only supported for tags, not for attributes');
  }
  if (name === 'name') {
    check('attribute', operator, TEXT);
    if (value.type !== 'string') throw notQuoted('attributes', value);
    return { on: 'attribute', key: name, operator, value: value.text };
  }
  check('attribute', operator, NUMERIC);
  if (value.type !== 'number') {
    throw new InvalidParameterError(
      `Expected numeric value type for numeric attribute: ${name}. Found ${'text' in value ? `'${value.text}'` : 'a list'}`,
    );
  }
  return { on: 'attribute', key: name, operator, value: value.number };
}

function experimentOrder({ entity, key, ascending }: OrderBy): ExperimentOrder {
  if (entity === 'tag' || entity === 'tags') throw new InvalidParameterError(`Invalid order_by entity: ${entity}`);
  if (key === 'experiment_id' && (entity === undefined || entity === 'attribute')) return { key, ascending };
  return { key: attribute(entity, key), ascending };
}

function attribute(entity: string | undefined, key: string): ExperimentAttribute {
  if (entity !== undefined && entity !== 'attribute') {
    throw new InvalidParameterError(
      `Invalid entity type '${entity}'. Valid entity types are ('attribute', 'tag', 'tags')`,
    );
  }
  if (key === 'name' || key === 'creation_time' || key === 'last_update_time') return key;
  throw new InvalidParameterError(
    `Invalid attribute key '${key}' specified. Valid keys are ('name', 'creation_time', 'last_update_time')`,
  );
}

function check(on: string, operator: Operator, allowed: readonly Operator[]): void {
  if (!allowed.includes(operator)) throw new InvalidParameterError(`Invalid comparator '${operator}' for ${on}`);
}

function notQuoted(what: string, value: Comparison['value']): InvalidParameterError {
  if (value.type !== 'word') {
    return new InvalidParameterError(`Expected a quoted string value for ${what} (e.g. 'my-value').`);
  }
  return new InvalidParameterError(
    `Parameter value is either not quoted or unidentified quote types used for string value ${value.text}. Use either single or double quotes.`,
  );
}
