import type { Queryable } from '@millrace/platform/postgres';

/** `more`: the search has found others behind these. */
export type Page<T> = { readonly items: readonly T[]; readonly more: boolean };

const MAX_PAGE_BYTES = 16 * 2 ** 20;

/**
 * Runs a search that is to give at most `limit` rows, and takes of them what fits into 16 MiB, at least one: a page is never
 * bigger, however long the texts in it. `select` must be limited to `limit + 1` rows and have a column `bytes`.
 */
export async function readPage<Row extends object>(
  db: Queryable,
  select: string,
  values: readonly unknown[],
  limit: number,
): Promise<Page<Row>> {
  const { rows } = await db.query<Row & { found: number }>(
    `select * from (
       select found.*, row_number() over () as position, count(*) over () as found,
         sum(found.bytes) over (rows unbounded preceding) as bytes_so_far
       from (${select}) as found
     ) as page
     where bytes_so_far <= ${MAX_PAGE_BYTES} or position = 1
     order by position`,
    [...values],
  );
  const items = rows.slice(0, limit);
  return { items, more: items.length < (rows[0]?.found ?? 0) };
}
