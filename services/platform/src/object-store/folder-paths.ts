import { mkdir, open, realpath, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { InvalidParameterError } from '../errors.ts';
import { errorCode, isMissing } from './folder-errors.ts';
import { keySegments } from './key.ts';

/** Uploads in progress and trees being deleted; on the same file system as the objects, and never listed. */
export const HIDDEN = '.millrace-uploads';

/** The key's segments, refusing those that lead into our own corner. */
export function visibleSegments(key: string): string[] {
  const segments = keySegments(key);
  if (segments[0]?.toLowerCase() === HIDDEN) throw new InvalidParameterError('Invalid path');
  return segments;
}

/** Where the key's file is or would be; undefined when its directory is missing. Links in the way must stay inside the root. */
export async function locate(root: string, key: string): Promise<string | undefined> {
  const path = join(root, ...visibleSegments(key));
  try {
    const parent = await realpath(dirname(path));
    requireInside(root, parent);
    return join(parent, basename(path));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The directory itself ('' is the root), or undefined when it is missing or a file. */
export async function locateDirectory(root: string, dir: string): Promise<string | undefined> {
  if (dir === '') return root;
  try {
    const real = await realpath(join(root, ...visibleSegments(dir)));
    requireInside(root, real);
    return (await stat(real)).isDirectory() ? real : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Like `locate`, but makes the directories that are missing, durably, one by one so that none appears outside the root. */
export async function locateForWriting(root: string, key: string): Promise<string> {
  const found = await locate(root, key);
  if (found) return found;
  const segments = visibleSegments(key);
  const name = segments.pop() ?? '';
  let dir = root;
  for (const segment of segments) dir = await enter(root, dir, segment);
  return join(dir, name);
}

async function enter(root: string, dir: string, segment: string): Promise<string> {
  const path = join(dir, segment);
  try {
    const real = await realpath(path);
    requireInside(root, real);
    return real;
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    await mkdir(path).catch(unlessThere);
    await syncDirectory(dir);
    return path;
  }
}

/** Somebody else was quicker. */
function unlessThere(error: unknown): void {
  if (errorCode(error) !== 'EEXIST') throw error;
}

function requireInside(root: string, real: string): void {
  if (real !== root && !real.startsWith(root.endsWith(sep) ? root : root + sep))
    throw new InvalidParameterError('Invalid path: the resolved path is outside the artifact directory');
}

/** With its parents, durably. Not by `recursive`, which tries for ever where a link on the way leads nowhere. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await mkdir(path).catch(unlessThere);
  }
  await syncDirectory(dirname(path));
}

/** Makes names created, replaced or removed in this directory survive a crash. If it is gone, so are the names. */
export async function syncDirectory(path: string): Promise<void> {
  try {
    await using directory = await open(path, 'r');
    await directory.sync();
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** As in S3, a directory is gone with its last object; stops at the first one that still holds something. */
export async function pruneEmpty(root: string, dir: string): Promise<void> {
  for (let at = dir; at !== root && at.startsWith(root); at = dirname(at)) {
    const removed = await rmdir(at).then(
      () => true,
      () => false,
    );
    if (!removed) return;
  }
}
