import { readOffset, writeOffset } from '@millrace/platform/search/page-token';
import type { Page } from '../store/page.ts';

export type PageRequest = { readonly maxResults: number; readonly pageToken: string };
export type TokenPage<T> = { readonly items: readonly T[]; readonly nextPageToken: string | undefined };
export type ReadPage<T> = (limit: number, offset: number) => Promise<Page<T>>;

/** A caller who may read little of what there is makes us look further, at so many at a time. */
const LOOK_AT = 100;

/**
 * One page of what `mayRead` accepts; its token goes on behind the last one given. Full as long as there is enough, unless the
 * next ones are so big that they have to wait for the next page.
 */
export async function fillPage<T>(
  { maxResults, pageToken }: PageRequest,
  read: ReadPage<T>,
  mayRead: ((item: T) => boolean) | undefined,
): Promise<TokenPage<T>> {
  const items: T[] = [];
  let offset = readOffset(pageToken);
  for (;;) {
    const wanted = maxResults - items.length;
    const limit = mayRead ? Math.max(wanted, LOOK_AT) : wanted;
    const page = await read(limit, offset);
    const taken = take(page.items, wanted, mayRead);
    items.push(...taken.items);
    offset += taken.seen;
    if (!page.more && taken.seen === page.items.length) return { items, nextPageToken: undefined };
    const full = items.length === maxResults || page.items.length < limit;
    if (full) return { items, nextPageToken: writeOffset(offset) };
  }
}

function take<T>(found: readonly T[], wanted: number, mayRead: ((item: T) => boolean) | undefined) {
  if (!mayRead) return { items: found, seen: found.length };
  const items: T[] = [];
  let seen = 0;
  for (const item of found) {
    if (items.length === wanted) break;
    seen++;
    if (mayRead(item)) items.push(item);
  }
  return { items, seen };
}
