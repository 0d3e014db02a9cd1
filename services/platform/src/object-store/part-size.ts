import { InvalidParameterError } from '../errors.ts';

const MAX_PARTS = 10_000;
const MIB = 1024 * 1024;
const USUAL = 8 * MIB;
/** Larger parts are not held in memory, so they cannot be sent again by themselves. */
export const MAX_HELD = 16 * MIB;
/** Of a body of unknown length: after as many parts each. All of them hold 300 GiB. */
const GROWTH = [8, 16, 32, 64] as const;
const GROWS_EVERY = MAX_PARTS / GROWTH.length;

/** How large part `number` of a body shall be, so that 10,000 parts hold all of it. */
export function partSize(number: number, totalBytes: number | undefined): number {
  if (totalBytes !== undefined) return Math.max(USUAL, Math.ceil(totalBytes / MAX_PARTS / MIB) * MIB);
  if (number > MAX_PARTS) throw new InvalidParameterError('A body of this size must be sent with its Content-Length');
  return (GROWTH[Math.floor((number - 1) / GROWS_EVERY)] ?? 64) * MIB;
}
