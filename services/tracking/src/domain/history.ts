import type { Context } from '@millrace/platform/contract/context';
import { readOffset, writeOffset } from '@millrace/platform/search/page-token';
import { type HistoryPoint, listHistory } from '../store/history.ts';
import type { Deps } from './deps.ts';
import { isRunId } from './ids.ts';
import { invalid } from './names.ts';

const MAX_PAGE = 25_000;

export type HistoryPage = { readonly points: readonly HistoryPoint[]; readonly nextPageToken: string | undefined };

/** A page of a metric's history; a run or key that is not there has an empty one. `maxResults` undefined asks for as much as fits. */
export async function getHistory(
  deps: Deps,
  { workspace }: Context,
  run: string,
  key: string,
  { maxResults, pageToken }: { readonly maxResults: number | undefined; readonly pageToken: string },
): Promise<HistoryPage> {
  if (maxResults !== undefined && maxResults <= 0) {
    throw invalid('max_results', maxResults, 'It must be a positive integer.');
  }
  const offset = readOffset(pageToken);
  const keyId = (await deps.keys.find(workspace, [key])).get(key);
  if (keyId === undefined || !isRunId(run)) return { points: [], nextPageToken: undefined };
  const size = Math.min(maxResults ?? MAX_PAGE, MAX_PAGE);
  const points = await listHistory(deps.pool, workspace, run, keyId, { limit: size + 1, offset });
  const more = points.length > size;
  return {
    points: more ? points.slice(0, size) : points,
    nextPageToken: more ? writeOffset(offset + size) : undefined,
  };
}
