import { type Difference, type Fields, isObject } from './difference.ts';
import type { Reply, Server } from './exchange.ts';
import { endpointOf, type Request } from './request.ts';

/** Whether a field that only one of the two answers with is known to be so. */
type IsKnown = (place: string) => boolean;

/** Sends each request to both, in order, and tells which answers differ. */
export async function differencesBetween(
  mlflow: Server,
  millrace: Server,
  requests: readonly Request[],
  isKnown: IsKnown,
): Promise<Difference[]> {
  const differences: Difference[] = [];
  for (const request of requests) {
    const [theirs, ours] = await Promise.all([mlflow.send(request), millrace.send(request)]);
    const at = compare(theirs, ours, isKnown);
    const endpoint = endpointOf(request);
    if (at !== undefined) differences.push({ endpoint, request, mlflow: theirs, millrace: ours, at });
  }
  return differences;
}

function compare(theirs: Reply, ours: Reply, isKnown: IsKnown): string | undefined {
  if (theirs.status !== ours.status) return 'status';
  if (theirs.status >= 400) return errorCode(theirs) === errorCode(ours) ? undefined : 'error_code';
  return firstDifference(theirs.body, ours.body, '', isKnown);
}

function errorCode({ body }: Reply): unknown {
  return isObject(body) ? body['error_code'] : 'no JSON';
}

/** Of each server's own making: ids, times of the clock, names and places. Only their types are compared. */
const OWN =
  /\.(error_message|experiment_id|run_id|run_uuid|model_id|source_run_id|artifact_uri|artifact_location|root_uri|next_page_token|webhook_id|creation_time|creation_timestamp|last_updated_timestamp|last_update_time|creation_timestamp_ms|last_updated_timestamp_ms)$/;
const RANDOM_NAME = /^[a-z]+-[a-z]+-\d+$/;
/** Lists without an order of their own. */
const UNORDERED =
  /\.(tags|params|data\.metrics|dataset_inputs|model_inputs|model_outputs|dataset_summaries|latest_versions|aliases)$/;

/** The place where types, keys or values part; undefined when all is the same. */
function firstDifference(theirs: unknown, ours: unknown, place: string, isKnown: IsKnown): string | undefined {
  if (Array.isArray(theirs) && Array.isArray(ours)) return inLists(theirs, ours, place, isKnown);
  if (isObject(theirs) && isObject(ours)) return inObjects(theirs, ours, place, isKnown);
  if (typeof theirs !== typeof ours) return place;
  const [their, our] = [parsedIfJson(theirs), parsedIfJson(ours)];
  if (their !== undefined && our !== undefined) return firstDifference(their, our, place, isKnown);
  const alike = theirs === ours || OWN.test(place) || (isRandomName(theirs) && isRandomName(ours));
  return alike ? undefined : place;
}

function inLists(
  theirs: readonly unknown[],
  ours: readonly unknown[],
  place: string,
  isKnown: IsKnown,
): string | undefined {
  if (theirs.length !== ours.length) return `${place}.length`;
  const order = (list: readonly unknown[]) =>
    UNORDERED.test(place) ? list.toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1)) : list;
  const other = order(ours);
  return firstOf(order(theirs), (item, i) => firstDifference(item, other[i], `${place}[]`, isKnown));
}

function inObjects(theirs: Fields, ours: Fields, place: string, isKnown: IsKnown): string | undefined {
  const keys = [...new Set([...Object.keys(theirs), ...Object.keys(ours)])].sort();
  return firstOf(keys, (key) => {
    const at = `${place}.${key}`;
    if (key in theirs && key in ours) return firstDifference(theirs[key], ours[key], at, isKnown);
    return isKnown(at) ? undefined : at;
  });
}

function firstOf<T>(items: readonly T[], find: (item: T, i: number) => string | undefined): string | undefined {
  for (const [i, item] of items.entries()) {
    const found = find(item, i);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Texts that hold JSON may write it as they like. */
function parsedIfJson(text: unknown): unknown {
  if (typeof text !== 'string' || !/^[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const isRandomName = (text: unknown) => typeof text === 'string' && RANDOM_NAME.test(text);
const sortKey = (item: unknown) =>
  JSON.stringify(isObject(item) ? (item['key'] ?? Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item);
