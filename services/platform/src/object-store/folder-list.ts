import type { Dirent } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from './folder-errors.ts';
import { HIDDEN, locateDirectory } from './folder-paths.ts';
import type { Entry, ListOptions, ListPage } from './object-store.ts';

const DEFAULT_LIMIT = 1000;

/** Reads the whole directory for each page but keeps only a few pages' worth of names of it. */
export async function listFolder(root: string, dir: string, options: ListOptions): Promise<ListPage> {
  const path = await locateDirectory(root, dir);
  if (!path) return { entries: [] };
  const { pageToken, limit = DEFAULT_LIMIT } = options;
  const after = pageToken === undefined ? '' : Buffer.from(pageToken, 'base64url').toString();
  const found = await smallestNames(path, after, limit + 1);
  const page = found.slice(0, limit);
  const entries = await Promise.all(page.map((entry) => describe(path, entry)));
  return {
    entries: entries.filter((entry) => entry !== undefined),
    nextPageToken: found.length > limit ? tokenAfter(page) : undefined,
  };
}

async function smallestNames(path: string, after: string, count: number): Promise<Dirent[]> {
  let kept: Dirent[] = [];
  for await (const entry of await opendir(path, { bufferSize: 1000 })) {
    if (entry.name <= after || !isListed(entry)) continue;
    kept.push(entry);
    if (kept.length >= 4 * count) kept = inOrder(kept).slice(0, count);
  }
  return inOrder(kept).slice(0, count);
}

const inOrder = (entries: Dirent[]) => entries.sort((a, b) => (a.name < b.name ? -1 : 1));

/** Links are left out: they may lead anywhere. */
const isListed = (entry: Dirent) => (entry.isFile() || entry.isDirectory()) && entry.name !== HIDDEN;

const tokenAfter = (page: readonly Dirent[]) => Buffer.from(page.at(-1)?.name ?? '').toString('base64url');

/** Undefined when it was deleted while we looked. */
async function describe(dir: string, entry: Dirent): Promise<Entry | undefined> {
  if (entry.isDirectory()) return { name: entry.name, isDir: true, sizeBytes: 0 };
  try {
    return { name: entry.name, isDir: false, sizeBytes: (await lstat(join(dir, entry.name))).size };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
