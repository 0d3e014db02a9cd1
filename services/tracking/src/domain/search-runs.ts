import type { Context } from '@millrace/platform/contract/context';
import { InvalidParameterError } from '@millrace/platform/errors';
import { leaves } from '@millrace/platform/search/logic';
import { listRuns } from '../store/run-details.ts';
import { listRunIds, listRunIdsFrom } from '../store/search-runs.ts';
import type { Deps } from './deps.ts';
import type { Run } from './run.ts';
import { type RunFilter, runFilter } from './run-filter.ts';
import { type RunTerm, runTerms } from './run-order.ts';
import { readPageToken, writePageToken } from './run-page-token.ts';
import type { RunSearch } from './run-search.ts';
import { inSearchTime } from './search-time.ts';

const MAX_RESULTS = 50_000;

export type RunPage = { readonly runs: readonly Run[]; readonly nextPageToken: string | undefined };

/** One page of runs, latest start first where the order says nothing else. */
export async function searchRuns(deps: Deps, { workspace, readable }: Context, search: RunSearch): Promise<RunPage> {
  checkMaxResults(search.maxResults, MAX_RESULTS);
  const filter = runFilter(search.filter);
  const terms = runTerms(search.orderBy);
  const start = readPageToken(search, terms);
  const experiments = [...new Set(search.experiments)].filter((id) => !readable || readable(String(id)));
  if (experiments.length === 0) return { runs: [], nextPageToken: undefined };
  const metricKeys = await deps.keys.find(workspace, metricsIn(filter, terms));
  const { view } = search;
  const limit = search.maxResults + 1;
  const query = { workspace, experiments, view, filter, terms, metricKeys, limit, after: start.after ?? undefined };
  const skips = start.offset > 0 && !start.after;
  const { runs, last } = await inSearchTime(deps, async (db) => {
    const found = await (skips ? listRunIdsFrom(db, query, start.offset) : listRunIds(db, query));
    const page = found.slice(0, search.maxResults);
    const ids = page.map(({ id }) => id);
    return { runs: await listRuns(db, workspace, ids), last: found.length > page.length ? page.at(-1) : undefined };
  });
  const nextPageToken = last && writePageToken(start.offset + search.maxResults, last.place, search, terms);
  return { runs, nextPageToken };
}

function metricsIn(filter: RunFilter, terms: readonly RunTerm[]): string[] {
  return [...leaves(filter), ...terms].filter(({ on }) => on === 'metric').map(({ key }) => key);
}

/** `max_results` must lie in 1 to `max`. */
export function checkMaxResults(maxResults: number, max: number): void {
  if (maxResults > 0 && maxResults <= max) return;
  const rule = maxResults > max ? `It must be at most ${max}` : 'It must be a positive integer';
  throw new InvalidParameterError(
    `Invalid value ${maxResults} for parameter 'max_results' supplied. ${rule}, but got value ${maxResults}`,
  );
}
