import { InvalidParameterError } from '../errors.ts';
import { readOffset } from './page-token.ts';

export type Position<P> = {
  /** How many come before the page, for tokens that know no more, as MLflow's. */
  readonly offset: number;
  /** Where the page before ended; null where the token does not say. */
  readonly after: P | null;
};

/**
 * Reads page tokens that say where the page before ended, so that a late page costs no more than the first. MLflow's own
 * tokens, which are an offset, are read too. Throws InvalidParameterError.
 */
export function readPosition<P>(token: string, isPosition: (position: unknown) => position is P): Position<P> {
  const offset = readOffset(token);
  if (offset === 0) return { offset, after: null };
  const { after } = JSON.parse(Buffer.from(token, 'base64').toString()) as { readonly after?: unknown };
  if (after === undefined) return { offset, after: null };
  if (!isPosition(after)) throw new InvalidParameterError('Invalid page token, its position belongs to another list');
  return { offset, after };
}

/** `after` is anything that JSON can hold. */
export function writePosition(offset: number, after: unknown): string {
  return Buffer.from(JSON.stringify({ offset, after })).toString('base64');
}
