import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';
import { ConfigError } from '../config.ts';
import { BoundedLog } from './bounded-log.ts';
import type { DataFolder } from './data-folder.ts';
import type { RunAs } from './run-as.ts';
import { databaseUrl } from './socket-folder.ts';

/** Recovery after a crash replays up to 1 GB of log, which a slow disk can stretch. */
const READY_MS = 300_000;
const NEWS_AFTER_MS = 5_000;
const DATABASE = 'millrace';

export type Server = {
  readonly url: string;
  readonly pid: number;
  readonly exited: Promise<string>;
  readonly process: ChildProcess;
};

type ServerOptions = {
  readonly folder: DataFolder;
  readonly postgres: string;
  readonly way: RunAs;
  readonly sockets: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly log: Logger;
};

/** Answers when the server takes connections and its database exists. */
export async function startServer(options: ServerOptions): Promise<Server> {
  for (let attempt = 1; ; attempt += 1) {
    const { child, exited } = launch(options);
    const failure = await ready(options, child, exited);
    if (failure === undefined && child.pid !== undefined)
      return { url: databaseUrl(options.sockets, DATABASE), pid: child.pid, exited, process: child };
    child.kill('SIGQUIT');
    await exited;
    // Sessions of a server that was killed alone need a moment to notice; until then their memory counts as in use.
    if (attempt === 20 || !/shared memory block|lock file/.test(failure ?? ''))
      throw new ConfigError(
        `PostgreSQL did not start on ${options.folder.root}: ${failure}; see ${options.folder.log}`,
      );
    await sleep(500);
  }
}

/** In a session of its own: Ctrl-C in a terminal goes to a whole group, and our own orderly end must come first. */
function launch({ folder, postgres, way, sockets, settings }: ServerOptions) {
  const log = new BoundedLog(folder.log);
  const all = { ...settings, unix_socket_directories: sockets };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const { program, args, options } = way.command(postgres, ['-D', folder.cluster, ...flags]);
  const child = spawn(program, args, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const output of [child.stdout, child.stderr]) output.on('data', (chunk: Buffer) => log.write(chunk));
  const exited = once(child, 'close').then(
    () => reason(log.tail),
    (error: unknown) => String(error),
  );
  void exited.then(() => log.close());
  return { child, exited };
}

/** Undefined when ready, else why not. */
async function ready({ sockets, folder, log }: ServerOptions, child: ChildProcess, exited: Promise<string>) {
  const started = performance.now();
  let told = false;
  const running = () => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  while (running() && performance.now() - started < READY_MS) {
    if (await ensureDatabase(sockets)) return undefined;
    if (!told && performance.now() - started > NEWS_AFTER_MS) {
      log.info({ folder: folder.root }, 'PostgreSQL is still starting: it may be recovering from an unclean end');
      told = true;
    }
    await sleep(30);
  }
  return running() ? `it was not ready after ${READY_MS / 1000} s` : exited;
}

async function ensureDatabase(sockets: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: databaseUrl(sockets, 'postgres'), connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

function reason(log: string): string {
  const lines = log.trim().split('\n');
  const line = lines.findLast((text) => /FATAL|PANIC/.test(text)) ?? lines.at(-1) ?? 'it ended at once';
  return line.replace(/^.*?(FATAL|PANIC): +/, '');
}
