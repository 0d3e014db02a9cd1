import { InvalidParameterError } from '@millrace/platform/errors';

/** As Python's `int` reads it. What is too big to be any version's number becomes one that none has. */
export function parseVersion(text: string): number {
  if (!/^\s*[-+]?\d+\s*$/.test(text)) {
    throw new InvalidParameterError(`Parameter 'version' must be an integer, got '${text}'.`);
  }
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : Math.sign(number) * Number.MAX_SAFE_INTEGER;
}
