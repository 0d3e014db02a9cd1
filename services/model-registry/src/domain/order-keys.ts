import { InvalidParameterError } from '@millrace/platform/errors';
import type { Order } from '../store/search.ts';

/** Ordering by one thing twice is a mistake; throws InvalidParameterError. */
export function refuseTwice(orders: readonly Order<string>[], clauses: readonly string[]): void {
  if (new Set(orders.map(({ key }) => key)).size === orders.length) return;
  throw new InvalidParameterError(`\`order_by\` contains duplicate fields: ${JSON.stringify(clauses)}`);
}
