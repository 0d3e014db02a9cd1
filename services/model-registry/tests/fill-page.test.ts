import { describe, expect, it } from '@jest/globals';
import { fillPage } from '../src/domain/fill-page.ts';

const ROWS = Array.from({ length: 1_000 }, (_, i) => i);
const read = async (limit: number, offset: number) => {
  const items = ROWS.slice(offset, offset + limit);
  return { items, more: offset + items.length < ROWS.length };
};

async function allPages(maxResults: number, mayRead: ((row: number) => boolean) | undefined) {
  const pages: (readonly number[])[] = [];
  for (let token: string | undefined = ''; token !== undefined; ) {
    const page: Awaited<ReturnType<typeof fillPage<number>>> = await fillPage(
      { maxResults, pageToken: token },
      read,
      mayRead,
    );
    pages.push(page.items);
    token = page.nextPageToken;
  }
  return pages;
}

describe('a page for somebody who may not read everything', () => {
  it('is full as long as there is enough, and pages together have every readable row once', async () => {
    const pages = await allPages(7, (row) => row % 30 === 0);
    expect(pages.flat()).toEqual(ROWS.filter((row) => row % 30 === 0));
    expect(pages.slice(0, -1).every((page) => page.length === 7)).toBe(true);
  });

  it('is empty, and the only one, where nothing may be read', async () => {
    expect(await allPages(7, () => false)).toEqual([[]]);
  });

  it('has as many rows as asked for where everything may be read', async () => {
    expect((await allPages(300, undefined)).map(({ length }) => length)).toEqual([300, 300, 300, 100]);
    expect((await allPages(300, () => true)).map(({ length }) => length)).toEqual([300, 300, 300, 100]);
    expect((await allPages(500, undefined)).map(({ length }) => length)).toEqual([500, 500]);
  });
});
