import { setFlagsFromString } from 'node:v8';

/** Percent by which the long-lived part of the heap may outgrow what is in use before it is cleaned up. */
const GROWTH_PERCENT = 120;

/**
 * Keeps the heap of a process that answers requests near to what it needs. Left alone, V8 lets it grow to several times that,
 * with what requests leave behind; cleaning up more often costs less than the memory does where each service has a limit.
 */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
}
