import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from '../config.ts';
import type { DataFolder } from './data-folder.ts';
import { errorCode } from './error-code.ts';
import { commandLine, processIdentity } from './process-identity.ts';
import { TEMPORARY_SOCKETS } from './socket-folder.ts';

/** PostgreSQL 18 told to stop while it recovers from a crash waits for ever; cut off, it recovers at the next start. */
const FAST_MS = 10_000;
const LEFTOVER_FAST_MS = 3_000;
const IMMEDIATE_MS = 10_000;

/**
 * Ends a server that outlived a killed Millrace and removes the files it left. The caller holds the folder's lock, so
 * nobody else starts one meanwhile. PostgreSQL itself would refuse to start when its old process id belongs to some
 * other program by now, which after a restart of a container is the rule.
 */
export async function clearLeftovers(folder: DataFolder): Promise<void> {
  const file = join(folder.cluster, 'postmaster.pid');
  const left = readPostmasterFile(file);
  if (left !== undefined) {
    if (isServerOf(left.pid, folder)) await end(left.pid, folder, LEFTOVER_FAST_MS);
    rmSync(file, { force: true });
    const sockets = left.socketFolder;
    if (dirname(sockets) === tmpdir() && sockets.startsWith(TEMPORARY_SOCKETS))
      rmSync(sockets, { recursive: true, force: true });
  }
  rmSync(folder.sockets, { recursive: true, force: true });
}

/** Stops a server process: connections are cut and everything is written; if that hangs, the next start recovers. */
export async function end(pid: number, folder: DataFolder, fastMs = FAST_MS): Promise<void> {
  const identity = processIdentity(pid);
  const gone = () => processIdentity(pid) !== identity;
  for (const [signal, waitMs] of [
    ['SIGINT', fastMs],
    ['SIGQUIT', IMMEDIATE_MS],
    ['SIGKILL', IMMEDIATE_MS],
  ] as const) {
    if (identity === undefined || gone()) return;
    signalServer(pid, signal, folder);
    const deadline = performance.now() + waitMs;
    while (!gone() && performance.now() < deadline) await sleep(20);
  }
  if (!gone()) throw new ConfigError(`PostgreSQL (pid ${pid}) on ${folder.root} does not end; stop it by hand.`);
}

function signalServer(pid: number, signal: NodeJS.Signals, folder: DataFolder): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return;
    throw new ConfigError(
      `PostgreSQL (pid ${pid}) still runs on ${folder.root} and may not be stopped by this user: stop it, or start as the user that runs it.`,
      { cause: error },
    );
  }
}

function isServerOf(pid: number, { cluster }: DataFolder): boolean {
  return `${commandLine(pid)} `.includes(`postgres -D ${cluster} `);
}

/** Lines of `postmaster.pid` (see PostgreSQL's `miscadmin.h`): process id, data directory, start, port, socket folder. */
function readPostmasterFile(file: string) {
  try {
    const [pid = '', , , , socketFolder = ''] = readFileSync(file, 'utf8').split('\n');
    return { pid: Number.parseInt(pid, 10), socketFolder };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
