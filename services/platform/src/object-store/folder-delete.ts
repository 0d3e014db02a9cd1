import { randomUUID } from 'node:crypto';
import { lstat, opendir, rename, rm, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode, isMissing } from './folder-errors.ts';
import { HIDDEN, locate, makeFolder, pruneEmpty, syncDirectory } from './folder-paths.ts';

const NOT_A_FILE = new Set(['EISDIR', 'EPERM']); // what unlink says of a directory: Linux, POSIX

export async function deleteFile(root: string, key: string): Promise<boolean> {
  const path = await locate(root, key);
  if (!path) return false;
  try {
    await unlink(path);
  } catch (error) {
    if (isMissing(error) || (NOT_A_FILE.has(errorCode(error) ?? '') && (await isDirectory(path)))) return false;
    throw error;
  }
  await settle(root, path);
  return true;
}

/** The tree leaves all at once by a rename; its bytes are freed afterwards. */
export async function deleteFolder(root: string, dir: string): Promise<number> {
  const path = await locate(root, dir);
  if (!path || !(await isDirectory(path))) return 0;
  const doomed = join(root, HIDDEN, randomUUID());
  await makeFolder(dirname(doomed));
  await rename(path, doomed);
  await settle(root, path);
  const count = await countFiles(doomed);
  await rm(doomed, { recursive: true, force: true });
  return count;
}

async function settle(root: string, removed: string): Promise<void> {
  await syncDirectory(dirname(removed));
  await pruneEmpty(root, dirname(removed));
}

async function isDirectory(path: string): Promise<boolean> {
  return lstat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}

async function countFiles(dir: string): Promise<number> {
  let count = 0;
  for await (const entry of await opendir(dir, { recursive: true })) if (!entry.isDirectory()) count += 1;
  return count;
}
