import { invalid } from '../domain/names.ts';

/** Milliseconds and steps of the wire as numbers; what is beyond 2^53 is refused, since a number could not hold it exactly. */
export function safe(label: string, value: bigint): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw invalid(label, Number(value), 'Must be between -(2^53 - 1) and 2^53 - 1');
}
