import type { Context } from '@millrace/platform/contract/context';
import { InvalidParameterError } from '@millrace/platform/errors';
import type { Comparison, Operator } from '@millrace/platform/search/comparison';
import { parseExpression } from '@millrace/platform/search/expression';
import { fingerprint } from '@millrace/platform/search/fingerprint';
import { mapLeaves } from '@millrace/platform/search/logic';
import { type OrderBy, parseOrderBy } from '@millrace/platform/search/order-by';
import { readPosition, writePosition } from '@millrace/platform/search/position-token';
import {
  type ExperimentAttribute,
  type ExperimentCondition,
  type ExperimentTerm,
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
  const filter = mapLeaves(parseExpression(search.filter), experimentCondition);
  const terms = experimentTerms(search.orderBy);
  const { offset, after } = readPosition(search.pageToken, isPlaceIn(search, terms));
  const skipped = after ? 0 : offset;
  const limit = search.maxResults + 1;
  const query = { filter, terms, view: search.view, after: after?.place ?? null, limit, offset: skipped };
  const found = await listExperiments(deps.pool, workspace, query);
  const page = found.slice(0, search.maxResults);
  const last = found.length > page.length ? page.at(-1) : undefined;
  return {
    experiments: readable ? page.filter(({ id }) => readable(String(id))) : page,
    nextPageToken: last && writePosition(offset + page.length, writtenPlace(last, search, terms)),
  };
}

/** A token is good for pages of any length, but of the search it came from: a place means nothing to another. */
type WrittenPlace = { readonly of: string; readonly place: readonly (string | number)[] };

function writtenPlace(last: Experiment, search: ExperimentSearch, terms: readonly ExperimentTerm[]): WrittenPlace {
  return { of: nameOf(search, terms), place: terms.map(({ key }) => last[FIELDS[key]]) };
}

function isPlaceIn(search: ExperimentSearch, terms: readonly ExperimentTerm[]) {
  const isValue = ({ key }: ExperimentTerm, value: unknown) =>
    key === 'name' ? typeof value === 'string' : Number.isSafeInteger(value);
  return (given: unknown): given is WrittenPlace => {
    const { of, place } = (given ?? {}) as { readonly of?: unknown; readonly place?: unknown };
    if (of !== nameOf(search, terms) || !Array.isArray(place)) return false;
    return place.length === terms.length && terms.every((term, i) => isValue(term, place[i]));
  };
}

const nameOf = ({ filter, view }: ExperimentSearch, terms: readonly ExperimentTerm[]) =>
  fingerprint({ filter, view, terms });

const FIELDS = {
  name: 'name',
  creation_time: 'createdMs',
  last_update_time: 'updatedMs',
  experiment_id: 'id',
} as const satisfies Readonly<Record<ExperimentTerm['key'], keyof Experiment>>;

/** Newest first where nothing else is asked for; what comes behind the id, or a second time, can decide nothing. */
function experimentTerms(orderBy: readonly string[]): ExperimentTerm[] {
  if (orderBy.length === 0) return DEFAULT_TERMS;
  const terms: ExperimentTerm[] = [];
  for (const term of [...orderBy.map((text) => experimentTerm(parseOrderBy(text))), LAST_TERM]) {
    if (terms.at(-1)?.key === 'experiment_id') break;
    if (!terms.some(({ key }) => key === term.key)) terms.push(term);
  }
  return terms;
}

const DEFAULT_TERMS: ExperimentTerm[] = [
  { key: 'creation_time', ascending: false },
  { key: 'experiment_id', ascending: true },
];
const LAST_TERM: ExperimentTerm = { key: 'experiment_id', ascending: false };

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

function experimentTerm({ entity, key, ascending }: OrderBy): ExperimentTerm {
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
