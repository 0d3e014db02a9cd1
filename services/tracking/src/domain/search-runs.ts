import type { Context } from '@millrace/platform/contract/context';
import { InvalidParameterError } from '@millrace/platform/errors';
import { readOffset, writeOffset } from '@millrace/platform/search/page-token';
import { listRuns } from '../store/run-details.ts';
import { listRunIds } from '../store/search-runs.ts';
import type { Deps } from './deps.ts';
import type { ExperimentId } from './ids.ts';
import type { Run } from './run.ts';
import { type RunCondition, type RunOrder, runConditions, runOrders } from './run-filter.ts';

const MAX_RESULTS = 50_000;

export type RunSearch = {
  readonly experiments: readonly ExperimentId[];
  readonly filter: string;
  readonly orderBy: readonly string[];
  readonly view: 'active' | 'deleted' | 'all';
  readonly maxResults: number;
  readonly pageToken: string;
};

export type RunPage = { readonly runs: readonly Run[]; readonly nextPageToken: string | undefined };

/** One page of runs, latest start first where the order says nothing else. */
export async function searchRuns(deps: Deps, { workspace, readable }: Context, search: RunSearch): Promise<RunPage> {
  checkMaxResults(search.maxResults, MAX_RESULTS);
  const conditions = runConditions(search.filter);
  const orders = runOrders(search.orderBy);
  const offset = readOffset(search.pageToken);
  const experiments = search.experiments.filter((id) => !readable || readable(String(id)));
  if (experiments.length === 0) return { runs: [], nextPageToken: undefined };
  const metricKeys = await deps.keys.find(workspace, metricsIn(conditions, orders));
  const query = {
    experiments,
    view: search.view,
    conditions,
    orders,
    metricKeys,
    limit: search.maxResults + 1,
    offset,
  };
  const ids = await listRunIds(deps.pool, workspace, query);
  const more = ids.length > search.maxResults;
  const runs = await listRuns(deps.pool, workspace, more ? ids.slice(0, -1) : ids);
  return { runs, nextPageToken: more ? writeOffset(offset + search.maxResults) : undefined };
}

function metricsIn(conditions: readonly RunCondition[], orders: readonly RunOrder[]): string[] {
  return [...conditions, ...orders].filter(({ on }) => on === 'metric').map(({ key }) => key);
}

/** `max_results` must lie in 1 to `max`. */
export function checkMaxResults(maxResults: number, max: number): void {
  if (maxResults > 0 && maxResults <= max) return;
  const rule = maxResults > max ? `It must be at most ${max}` : 'It must be a positive integer';
  throw new InvalidParameterError(
    `Invalid value ${maxResults} for parameter 'max_results' supplied. ${rule}, but got value ${maxResults}`,
  );
}
