import { rmSync } from 'node:fs';
import type { Logger } from 'pino';
import { ConfigError } from './config.ts';
import { findBinaries } from './embedded-postgres/binaries.ts';
import { clusterOwner, type DataFolder, openDataFolder, removeUnfinished } from './embedded-postgres/data-folder.ts';
import { onFolder } from './embedded-postgres/folder-access.ts';
import { initialise } from './embedded-postgres/initialise.ts';
import { clearLeftovers } from './embedded-postgres/postmaster-file.ts';
import { takeProcessLock } from './embedded-postgres/process-lock.ts';
import { runAs, serverAccount } from './embedded-postgres/run-as.ts';
import { startServer } from './embedded-postgres/server.ts';
import { SERVER_SETTINGS } from './embedded-postgres/server-settings.ts';
import { makeSocketFolder } from './embedded-postgres/socket-folder.ts';
import { type EmbeddedPostgres, superviseServer } from './embedded-postgres/supervise.ts';

export type { EmbeddedPostgres } from './embedded-postgres/supervise.ts';

export type EmbeddedPostgresOptions = {
  /** Created when missing; relative to the working directory. Everything the server keeps lies in it. */
  readonly dataDir: string;
  readonly log: Logger;
  /** PostgreSQL settings that overrule ours. */
  readonly settings?: Readonly<Record<string, string>>;
};

/**
 * Starts PostgreSQL on a folder, which one process at a time may use. Every failure that a person can put right is a
 * `ConfigError` whose message is one sentence. A server left by a killed process is stopped first.
 */
export async function startEmbeddedPostgres({
  dataDir,
  log,
  settings = {},
}: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const binaries = await findBinaries();
  const folder = openDataFolder(dataDir);
  const lock = takeFolder(folder);
  try {
    await clearLeftovers(folder);
    removeUnfinished(folder);
    const way = runAs(clusterOwner(folder) ?? serverAccount(), binaries.postgres, folder.root);
    await initialise(folder, binaries, way);
    const sockets = makeSocketFolder(folder, way.account);
    const all = { ...SERVER_SETTINGS, ...settings };
    const start = startServer({ folder, postgres: binaries.postgres, way, sockets, settings: all, log });
    const server = await start.catch((error: unknown) => {
      rmSync(sockets, { recursive: true, force: true });
      throw error;
    });
    log.debug({ folder: folder.root, serverPid: server.pid }, 'PostgreSQL started');
    return superviseServer({ server, folder, sockets, lock });
  } catch (error) {
    lock.release();
    throw error;
  }
}

function takeFolder(folder: DataFolder) {
  const lock = onFolder(folder.root, () => takeProcessLock(folder.lock));
  if ('heldBy' in lock) throw new ConfigError(`Another Millrace (pid ${lock.heldBy}) is using ${folder.root}`);
  return lock;
}
