import { InvalidParameterError } from '@millrace/platform/errors';
import { type Comparison, parseFilter } from '@millrace/platform/search/filter';
import { parseOrderBy } from '@millrace/platform/search/order-by';
import type { Condition, Order } from '../store/search.ts';
import type { ModelOrder } from '../store/search-models.ts';
import { invalidAttribute, notQuoted, TEXT, tagCondition, written } from './conditions.ts';
import { refuseTwice } from './order-keys.ts';

/** Throws InvalidParameterError. */
export function modelConditions(filter: string): Condition[] {
  return parseFilter(filter).map((comparison) => tagCondition(comparison) ?? nameCondition(comparison));
}

/** The name is the one attribute of a model that can be compared. */
function nameCondition({ key, operator, value }: Comparison): Condition {
  if (key !== 'name') throw invalidAttribute(key, ['name']);
  if (operator === 'IN' || operator === 'NOT IN') {
    if (value.type === 'list') return { on: 'attribute', key, operator, value: value.items };
  } else if (!TEXT.includes(operator)) {
    throw new InvalidParameterError(`Invalid comparator for attribute: ${operator}`);
  } else if (value.type === 'string') {
    return { on: 'attribute', key, operator, value: value.text };
  }
  if (value.type === 'word') throw notQuoted(value.text);
  throw new InvalidParameterError(
    `Expected a quoted string value or a list of quoted string values for attributes. Got value ${written(value)}`,
  );
}

const ORDERS: Readonly<Record<string, ModelOrder>> = {
  name: 'name',
  timestamp: 'timestamp',
  last_updated_timestamp: 'timestamp',
};

/** Throws InvalidParameterError. */
export function modelOrders(clauses: readonly string[]): Order<ModelOrder>[] {
  const orders = clauses.map((clause) => {
    const { entity, key, ascending } = parseOrderBy(clause);
    const known = entity === undefined && Object.hasOwn(ORDERS, key) ? ORDERS[key] : undefined;
    if (known) return { key: known, ascending };
    const given = entity === undefined ? key : `${entity}.${key}`;
    throw new InvalidParameterError(
      `Invalid order by key '${given}' specified. Valid keys are '{'name', 'timestamp'}'`,
    );
  });
  refuseTwice(orders, clauses);
  return orders;
}
