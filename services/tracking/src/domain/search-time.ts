import { UnavailableError } from '@millrace/platform/errors';
import { type Queryable, sqlState } from '@millrace/platform/postgres';
import type { Deps } from './deps.ts';

const RETRY_AFTER_SECONDS = 5;
const CANCELLED = '57014';

/**
 * One search, of however many statements: none begins after the time a single one may take, so the whole ends after at most
 * twice that. A server that is busy may answer the next time, hence a 503; one that is not needs another question.
 */
export async function inSearchTime<T>(
  { pool, searchTimeoutMs }: Pick<Deps, 'pool' | 'searchTimeoutMs'>,
  search: (db: Queryable) => Promise<T>,
): Promise<T> {
  const deadline = performance.now() + searchTimeoutMs;
  const query = (...statement: Parameters<Queryable['query']>) => {
    if (performance.now() > deadline) throw tookTooLong(searchTimeoutMs);
    return pool.query(...statement);
  };
  try {
    return await search({ query } as Queryable);
  } catch (error) {
    throw sqlState(error) === CANCELLED ? tookTooLong(searchTimeoutMs, error) : error;
  }
}

function tookTooLong(ms: number, cause?: unknown): UnavailableError {
  return new UnavailableError(
    `The search was given up after ${ms / 1000} s. If that happens again, search fewer experiments, or add a condition with = ` +
      'that few runs meet.',
    { retryAfterSeconds: RETRY_AFTER_SECONDS, cause },
  );
}
