import { open, readdir, realpath, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UnavailableError } from '../errors.ts';
import { deleteFile, deleteFolder } from './folder-delete.ts';
import { isMissing, translated } from './folder-errors.ts';
import { getFile, statFile } from './folder-get.ts';
import { listFolder } from './folder-list.ts';
import { folderMultipart, PARTS_PREFIX } from './folder-multipart.ts';
import { HIDDEN, makeFolder } from './folder-paths.ts';
import { putFile } from './folder-put.ts';
import { keySegments } from './key.ts';
import type { ObjectStore } from './object-store.ts';

const HOUR_MS = 60 * 60 * 1000;
const ABANDONED_AFTER_MS = HOUR_MS; // an upload that goes on keeps its draft's time young
/** Whoever began an upload in parts gives it up much earlier; this is for those whose id was lost. */
const PARTS_ABANDONED_AFTER_MS = 30 * 24 * HOUR_MS;

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
    multipart: folderMultipart(inRoot),
    removeAbandoned: () => inRoot((root) => removeAbandoned(join(root, HIDDEN))),
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
  for (const name of await readdir(drafts).catch(noneIfMissing)) {
    const draft = join(drafts, name);
    const age = Date.now() - (await stat(draft).then(({ mtimeMs }) => mtimeMs, Date.now));
    if (age > (name.startsWith(PARTS_PREFIX) ? PARTS_ABANDONED_AFTER_MS : ABANDONED_AFTER_MS))
      await rm(draft, { recursive: true, force: true });
  }
}

function noneIfMissing(error: unknown): string[] {
  if (isMissing(error)) return [];
  throw error;
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
