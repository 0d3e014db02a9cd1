import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { takeProcessLock } from '../../src/embedded-postgres/process-lock.ts';
import { progress } from './progress.ts';

type CachedFolder = {
  /** Name under the cache folder; whatever decides the content (versions) must be part of it. */
  readonly name: string;
  /** A file inside that exists only in a finished folder. */
  readonly marker: string;
  /** Things that remember their own path, like Python's virtual environments, cannot be moved when finished. */
  readonly inPlace?: boolean;
  readonly fill: (folder: string) => Promise<void>;
};

/** The folder's path. It is filled once, however many test runs ask at the same time, and kept for the next ones. */
export async function cachedFolder({ name, marker, inPlace = false, fill }: CachedFolder): Promise<string> {
  const cache = process.env['MILLRACE_CACHE'] ?? join(homedir(), '.cache', 'millrace');
  const folder = join(cache, name);
  const done = () => existsSync(join(folder, marker));
  if (done()) return folder;
  mkdirSync(cache, { recursive: true });
  const lock = await waitForLock(join(cache, `${name}.owner`), name, done);
  if (lock === undefined) return folder;
  const work = inPlace ? folder : mkdtempSync(join(cache, `${name}.new-`));
  try {
    if (done()) return folder;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(work, { recursive: true });
    await fill(work);
    if (!inPlace) renameSync(work, folder);
    return folder;
  } finally {
    if (!done() || !inPlace) rmSync(work, { recursive: true, force: true });
    lock.release();
  }
}

async function waitForLock(file: string, name: string, done: () => boolean) {
  for (let told = false; ; told = true) {
    const lock = takeProcessLock(file);
    if (!('heldBy' in lock)) return lock;
    if (!told) progress(`${name}: waiting for process ${lock.heldBy}, which is fetching it`);
    await sleep(500);
    if (done()) return undefined;
  }
}
