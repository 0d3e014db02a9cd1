import { open, readdir, realpath, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UnavailableError } from '../errors.ts';
import { deleteFile, deleteFolder } from './folder-delete.ts';
import { translated } from './folder-errors.ts';
import { getFile, statFile } from './folder-get.ts';
import { listFolder } from './folder-list.ts';
import { HIDDEN, makeFolder } from './folder-paths.ts';
import { putFile } from './folder-put.ts';
import { keySegments } from './key.ts';
import type { ObjectStore } from './object-store.ts';

const ABANDONED_AFTER_MS = 60 * 60 * 1000; // an upload that goes on keeps its draft's time young

/** Objects as plain files below one folder of this machine, which is made on first use. */
export function openFolderStore(folder: string): ObjectStore {
  const path = resolve(folder);
  let opened: Promise<string> | undefined;
  const root = () => {
    opened ??= prepare(path).catch((error: unknown) => {
      opened = undefined; // the next call tries again
      throw error;
    });
    return opened;
  };
  const inRoot = <T>(work: (root: string) => Promise<T>) => translated(async () => work(await root()));
  return {
    put: (key, body, options = {}) => inRoot((root) => putFile(root, key, body, options)),
    get: (key, options = {}) => inRoot((root) => getFile(root, key, options)),
    stat: (key) => inRoot((root) => statFile(root, key)),
    list: (dir, options = {}) => inRoot((root) => listFolder(root, dir, options)),
    delete: (key) => inRoot((root) => deleteFile(root, key)),
    deleteTree: (dir) => inRoot((root) => deleteFolder(root, dir)),
    check: () => root().then(probe).catch(explain(path)),
    uri: (key) => pathToFileURL(join(path, ...keySegments(key))).href,
    close() {},
  };
}

async function prepare(path: string): Promise<string> {
  await makeFolder(join(path, HIDDEN));
  const root = await realpath(path);
  await removeAbandoned(join(root, HIDDEN));
  return root;
}

/** What a killed process left behind; never what another running one is still writing. */
async function removeAbandoned(drafts: string): Promise<void> {
  for (const name of await readdir(drafts)) {
    const draft = join(drafts, name);
    const age = Date.now() - (await stat(draft).then(({ mtimeMs }) => mtimeMs, Date.now));
    if (age > ABANDONED_AFTER_MS) await rm(draft, { recursive: true, force: true });
  }
}

/** Only a write tells whether one may write: root may everywhere, except on a read-only or full disk. */
async function probe(root: string): Promise<void> {
  const path = join(root, HIDDEN, `probe-${process.pid}`);
  await makeFolder(join(root, HIDDEN));
  const file = await open(path, 'w');
  await file.close();
  await rm(path, { force: true });
}

const explain = (path: string) => (error: unknown) => {
  throw new UnavailableError(`Cannot write to the artifact folder ${path}: ${(error as Error).message}`, {
    cause: error,
  });
};
