import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Surroundings } from './part.ts';

const READY_MS = 120_000;
const STOP_MS = 15_000;

type ServerProcess = {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly logFile: string;
  readonly ready: () => Promise<boolean> | boolean;
  readonly stopping: Surroundings['stopping'];
};

/** Starts a server and waits until it is ready; answers how to end it. Its output goes to the log file. */
export async function startProcess(options: ServerProcess): Promise<() => Promise<void>> {
  const { command, args, env = process.env, logFile, ready, stopping } = options;
  const log = openSync(logFile, 'a');
  const [file, ...rest] = [...dyingWithUs(), command, ...args];
  const child = spawn(file ?? command, rest, { env, detached: true, stdio: ['ignore', log, log] });
  const stop = () => end(child);
  const deadline = performance.now() + READY_MS;
  try {
    while (!(await ready())) {
      stopping.throwIfAborted();
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined)
        throw new Error(`${command} ended while starting: ${tail(logFile)}`);
      if (performance.now() > deadline)
        throw new Error(`${command} was not ready after ${READY_MS / 1000} s: ${tail(logFile)}`);
      await sleep(100);
    }
    return stop;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A port of the loopback interface that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const hammer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await gone;
  clearTimeout(hammer);
}

/** Where Linux can end a child together with its parent, even a killed parent leaves nothing behind. */
function dyingWithUs(): readonly string[] {
  const prefix = ['setpriv', '--pdeathsig=TERM', '--'] as const;
  return spawnSync(prefix[0], [...prefix.slice(1), 'true']).status === 0 ? prefix : [];
}

function tail(file: string): string {
  return readFileSync(file, 'utf8').trim().split('\n').slice(-5).join('\n');
}
