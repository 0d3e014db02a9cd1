import { type Comparison, readComparison } from './comparison.ts';
import { Reader } from './reader.ts';

export type { Comparison, Operator, Value } from './comparison.ts';

/**
 * Reads MLflow's own filter language: comparisons joined by AND, which may be missing or stray. Throws InvalidParameterError.
 */
export function parseFilter(filter: string): Comparison[] {
  return conjunction(new Reader(filter));
}

/** All that is left. */
export function conjunction(reader: Reader): Comparison[] {
  const comparisons: Comparison[] = [];
  while (!reader.atEnd()) {
    if (!reader.takeKeyword('AND')) comparisons.push(readComparison(reader));
  }
  return comparisons;
}
