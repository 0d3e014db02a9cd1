import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbeddedPostgres } from '@millrace/platform/embedded-postgres';
import { createLog } from '@millrace/platform/log';

/** PostgreSQL keeps this file for as long as it runs; its first line is the server's process id. */
export function postmasterFiles(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files.filter((file) => basename(file) === 'postmaster.pid').map((file) => join(folder, file));
}

function postmasterPid(folder: string): number | undefined {
  try {
    const [file] = postmasterFiles(folder);
    return file === undefined ? undefined : Number.parseInt(readFileSync(file, 'utf8'), 10);
  } catch {
    return undefined; // files come and go while it starts
  }
}

/** False when there is none at the moment. */
export function killPostmaster(folder: string): boolean {
  return killProcess(postmasterPid(folder));
}

/** Kills the process behind one of the connections, of which `choose` picks one. False when there is none at the moment. */
export function killBackend(folder: string, choose: (pids: readonly number[]) => number): boolean {
  const postmaster = postmasterPid(folder);
  const pids = processes().filter(({ parent, command }) => parent === postmaster && CLIENT_BACKEND.test(command));
  return pids.length > 0 && killProcess(choose(pids.map(({ pid }) => pid)));
}

/** `postgres: millrace millrace [local] INSERT`; processes without a database's name are PostgreSQL's own. */
const CLIENT_BACKEND = /^postgres: \S+ \S+ (\[local\]|[\d.:]+\(\d+\)) /;

function processes() {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' });
  return stdout.split('\n').map((line) => {
    const [, pid, parent, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return { pid: Number(pid), parent: Number(parent), command };
  });
}

/** False when there is no such process. */
export function killProcess(pid: number | undefined): boolean {
  try {
    return pid !== undefined && pid > 1 && process.kill(pid, 'SIGKILL');
  } catch {
    return false; // it ended between the two looks
  }
}

/** A PostgreSQL beside Millrace that is started again, at the same address, whenever it ends. */
export async function keepPostgres(dataDir: string) {
  const start = () => startEmbeddedPostgres({ dataDir, log: createLog('postgres', 'silent') });
  let current = await start();
  let stopping = false;
  let restarting: Promise<void> | undefined;
  const { url } = current;
  const watch = () =>
    void current.lost.then(() => {
      restarting = restart();
      restarting.catch(() => {}); // stop() tells
    });
  const restart = async () => {
    await current.stop();
    while (!stopping) {
      const started = await start().catch(() => sleep(100)); // it may be killed while it starts
      if (!started) continue;
      current = started;
      return watch();
    }
  };
  watch();
  return {
    url,
    async stop() {
      stopping = true;
      await current.stop();
      await restarting;
      await current.stop(); // had it just been started again
    },
  };
}
