import type { Request } from 'express';

/** Longer than the object store may take to answer, so that it is the store's failure the caller hears of. */
const IDLE_MS = 5 * 60_000;

/** Transfers may last as long as they move; one that stands still gives back what it holds. */
export function dropWhenIdle(req: Request): void {
  req.setTimeout(IDLE_MS);
}
