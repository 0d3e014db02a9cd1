import type { Context } from '@millrace/platform/contract/context';
import { readPosition, writePosition } from '@millrace/platform/search/position-token';
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
  const { offset, after } = readPosition(pageToken, isPoint);
  const keyId = (await deps.keys.find(workspace, [key])).get(key);
  if (keyId === undefined || !isRunId(run)) return { points: [], nextPageToken: undefined };
  const limit = Math.min(maxResults ?? MAX_PAGE, MAX_PAGE);
  const range = { after: after && toPoint(after), offset: after ? 0 : offset, limit: limit + 1 };
  const found = await listHistory(deps.pool, workspace, run, keyId, range);
  if (found.length <= limit) return { points: found, nextPageToken: undefined };
  const points = found.slice(0, limit);
  const last = points[limit - 1] as HistoryPoint;
  return { points, nextPageToken: writePosition(offset + limit, [last.timestampMs, last.step, String(last.value)]) };
}

/** Timestamp, step, and the value as text, since JSON has no NaN. */
type PointPosition = readonly [number, number, string];

const isPoint = (position: unknown): position is PointPosition =>
  Array.isArray(position) &&
  position.length === 3 &&
  Number.isSafeInteger(position[0]) &&
  Number.isSafeInteger(position[1]) &&
  typeof position[2] === 'string';

function toPoint([timestampMs, step, value]: PointPosition): HistoryPoint {
  return { timestampMs, step, value: Number(value) };
}
