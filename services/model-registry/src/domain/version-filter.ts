import { InvalidParameterError } from '@millrace/platform/errors';
import { type Comparison, type Operator, parseFilter } from '@millrace/platform/search/filter';
import { parseOrderBy } from '@millrace/platform/search/order-by';
import type { Attribute, Condition, Order } from '../store/search.ts';
import type { VersionOrder } from '../store/search-versions.ts';
import { invalidAttribute, notQuoted, TEXT, tagCondition } from './conditions.ts';
import { refuseTwice } from './order-keys.ts';

const ATTRIBUTES: readonly Attribute[] = ['name', 'run_id', 'version_number', 'source_path'];
const NUMERIC: readonly Operator[] = ['=', '!=', '<', '<=', '>', '>='];
const LISTED: readonly Attribute[] = ['name', 'run_id'];

/** Throws InvalidParameterError. */
export function versionConditions(filter: string): Condition[] {
  return parseFilter(filter).map((comparison) => tagCondition(comparison) ?? attributeCondition(comparison));
}

function attributeCondition(comparison: Comparison): Condition {
  const key = ATTRIBUTES.find((known) => known === comparison.key);
  if (!key) throw invalidAttribute(comparison.key, ATTRIBUTES);
  if (comparison.value.type === 'list') return listCondition(key, comparison);
  return key === 'version_number' ? numberCondition(key, comparison) : textCondition(key, comparison);
}

function listCondition(key: Attribute, { operator, value }: Comparison): Condition {
  if (!LISTED.includes(key) || value.type !== 'list') {
    throw new InvalidParameterError(
      "Only ['name', 'run_id'] attributes support comparison with a list of quoted string values.",
    );
  }
  return { on: 'attribute', key, operator, value: value.items };
}

function numberCondition(key: Attribute, { operator, value }: Comparison): Condition {
  if (!NUMERIC.includes(operator)) {
    throw new InvalidParameterError(`Invalid comparator for attribute ${key}: ${operator}`);
  }
  if (value.type === 'number') return { on: 'attribute', key, operator, value: value.number };
  if (value.type === 'word') throw notQuoted(value.text);
  const text = value.type === 'string' ? value.text : '';
  if (!/^[-+]?\d+$/.test(text)) {
    throw new InvalidParameterError(`Invalid value for numeric attribute '${key}': '${text}'`);
  }
  return { on: 'attribute', key, operator, value: Number(text) };
}

function textCondition(key: Attribute, { operator, value }: Comparison): Condition {
  if (!TEXT.includes(operator)) throw new InvalidParameterError(`Invalid comparator for attribute: ${operator}`);
  if (value.type === 'string') return { on: 'attribute', key, operator, value: value.text };
  if (value.type === 'word') throw notQuoted(value.text);
  throw new InvalidParameterError(
    "Only the '{'version_number', 'creation_timestamp', 'last_updated_timestamp'}' attributes support comparison with " +
      'numeric values.',
  );
}

const ORDERS: readonly VersionOrder[] = ['name', 'version_number', 'creation_timestamp', 'last_updated_timestamp'];

/** Throws InvalidParameterError. */
export function versionOrders(clauses: readonly string[]): Order<VersionOrder>[] {
  const orders = clauses.map((clause) => {
    const { entity, key, ascending } = parseOrderBy(clause);
    const known = ORDERS.find((order) => order === key);
    if (known && (entity === undefined || entity === 'attribute')) return { key: known, ascending };
    throw invalidAttribute(entity === undefined || entity === 'attribute' ? key : `${entity}.${key}`, ORDERS);
  });
  refuseTwice(orders, clauses);
  return orders;
}
