import { fingerprint } from '@millrace/platform/search/fingerprint';
import { type Position, readPosition, writePosition } from '@millrace/platform/search/position-token';
import { isRunId } from './ids.ts';
import type { Place, RunTerm } from './run-order.ts';
import type { RunSearch } from './run-search.ts';

/** What a token holds. It is good for pages of any length, but of the search it came from: a place means nothing to another. */
type Written = { readonly of: string; readonly place: readonly unknown[] };

/** Throws InvalidParameterError for a token that belongs to no page of this search. */
export function readPageToken(search: RunSearch, terms: readonly RunTerm[]): Position<Place> {
  const of = nameOf(search, terms);
  const isOurs = (given: unknown): given is Written =>
    isWritten(given) && given.of === of && placeIn(given, terms) !== undefined;
  const { offset, after } = readPosition(search.pageToken, isOurs);
  return { offset, after: (after && placeIn(after, terms)) ?? null };
}

/** `place` is that of the last run of the page, and `offset` how many runs there have been up to it. */
export function writePageToken(offset: number, place: Place, search: RunSearch, terms: readonly RunTerm[]): string {
  // JSON has no NaN; only metrics can be it, and no metric is a text
  const values = place.map((value) => (Number.isNaN(value) ? 'NaN' : value));
  return writePosition(offset, { of: nameOf(search, terms), place: values });
}

function nameOf({ experiments, filter, view }: RunSearch, terms: readonly RunTerm[]): string {
  return fingerprint({ experiments: [...experiments].sort((a, b) => a - b), filter, view, terms });
}

const isWritten = (given: unknown): given is Written =>
  typeof given === 'object' && given !== null && 'of' in given && 'place' in given && Array.isArray(given.place);

function placeIn({ place }: Written, terms: readonly RunTerm[]): Place | undefined {
  const values = terms.map((term, i) => valueAt(term, place[i]));
  return place.length === terms.length && !values.includes(undefined) ? (values as Place) : undefined;
}

/** undefined for what a run never has there. */
function valueAt({ on, key }: RunTerm, given: unknown): Place[number] | undefined {
  if (on === 'metric') return given === 'NaN' ? Number.NaN : ofType('number', given);
  if (on !== 'attribute') return ofType('string', given);
  if (key === 'end_time') return given === null ? null : integer(given);
  if (key === 'recency') return integer(given);
  if (key !== 'run_id') return typeof given === 'string' ? given : undefined;
  return typeof given === 'string' && isRunId(given) ? given : undefined;
}

function ofType(type: 'number' | 'string', given: unknown): Place[number] | undefined {
  return given === null || typeof given === type ? (given as Place[number]) : undefined;
}

const integer = (given: unknown) => (Number.isSafeInteger(given) ? (given as number) : undefined);
