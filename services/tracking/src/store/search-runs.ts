import type { Queryable } from '@millrace/platform/postgres';
import { bestCover } from './search-runs/cover.ts';
import { ALL_RUNS, gather } from './search-runs/gather.ts';
import { type Lane, laneOf } from './search-runs/lane.ts';
import { type FoundRun, isAlways, type RunQuery, type SearchLimits } from './search-runs/query.ts';
import { walk } from './search-runs/walk.ts';

export type { FoundRun, RunQuery, SearchLimits } from './search-runs/query.ts';

const LIMITS: SearchLimits = { narrow: 5_000, walk: 20_000, spare: 64, wide: 200_000, crowd: 50 };

/**
 * Ids and places of the runs that match, in order. PostgreSQL's estimates are no help where thousands of keys share one table,
 * so what to read is decided here: the few candidates of a condition that few runs meet; else the entries of the index that
 * has the order asked for, until enough of them match; else all candidates.
 */
export async function listRunIds(db: Queryable, query: RunQuery, limits: SearchLimits = LIMITS): Promise<FoundRun[]> {
  const narrow = isAnswer(laneOf(query)) ? undefined : await bestCover(db, query, limits.narrow);
  if (narrow) return gather(db, query, narrow);
  const found = await walk(db, query, limits, (group) => listRunIds(db, group, limits));
  return found ?? gatherAll(db, query, limits);
}

/** The lane has the answer and nothing else, in order: there is nothing to be gained from another way. */
const isAnswer = (lane: Lane | undefined) => lane?.exact === true && isAlways(lane.residual);

/** As `listRunIds`, with the first `offset` runs left out: they cost as much as those that are found. */
export async function listRunIdsFrom(db: Queryable, query: RunQuery, offset: number): Promise<FoundRun[]> {
  return gatherAll(db, query, LIMITS, offset);
}

async function gatherAll(db: Queryable, query: RunQuery, { wide }: SearchLimits, offset = 0): Promise<FoundRun[]> {
  return gather(db, query, (await bestCover(db, query, wide, true)) ?? ALL_RUNS, offset);
}
