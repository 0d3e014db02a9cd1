import { execFile } from 'node:child_process';
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { promisify } from 'node:util';
import { ConfigError } from '../config.ts';
import type { Binaries } from './binaries.ts';
import { clusterVersion, type DataFolder, giveCluster, privateFolder } from './data-folder.ts';
import { onFolder } from './folder-access.ts';
import type { RunAs } from './run-as.ts';

const run = promisify(execFile);

/** The superuser of the embedded server; only the account that runs it (and root) can reach its socket. */
export const SUPERUSER = 'millrace';

/** Makes the cluster unless there is one; cut off at any point, the next start finds either nothing or all of it. */
export async function initialise(folder: DataFolder, binaries: Binaries, way: RunAs): Promise<void> {
  if (existsSync(folder.cluster)) {
    await checkVersion(folder, binaries, way);
    giveCluster(folder, way.account);
    return;
  }
  const draft = onFolder(folder.root, () => privateFolder(`${folder.cluster}.new-`, way.account));
  try {
    await initdb(binaries, way, draft);
    renameSync(draft, folder.cluster);
    syncFolder(folder.root);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}

async function initdb(binaries: Binaries, way: RunAs, target: string): Promise<void> {
  const { program, args, options } = way.command(binaries.initdb, [
    `--pgdata=${target}`,
    `--username=${SUPERUSER}`,
    '--auth-local=trust',
    '--auth-host=reject',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--data-checksums',
    '--no-instructions',
  ]);
  try {
    await run(program, args, options);
  } catch (error) {
    const printed = printedBy(error);
    const reason = printed.split('\n').findLast((line) => /error|fatal|could not/i.test(line)) ?? printed;
    throw new ConfigError(`PostgreSQL could not prepare ${target}: ${reason}`, { cause: error });
  }
}

function printedBy(error: unknown): string {
  return typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr).trim() : String(error);
}

async function checkVersion(folder: DataFolder, binaries: Binaries, way: RunAs): Promise<void> {
  const { program, args, options } = way.command(binaries.postgres, ['--version']);
  const { stdout } = await run(program, args, options);
  const [ours] = /\d+/.exec(stdout) ?? [];
  const theirs = clusterVersion(folder);
  if (ours !== theirs)
    throw new ConfigError(
      `${folder.root} was made by PostgreSQL ${theirs} and this Millrace brings PostgreSQL ${ours}: dump it with the version that made it, or choose another data folder with --data.`,
    );
}

/** The rename itself must survive a power cut. */
function syncFolder(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
