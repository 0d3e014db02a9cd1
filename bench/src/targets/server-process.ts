import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lifecycle } from '@millrace/platform/lifecycle';

type ServerProcess = {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly url: string;
  /** Gets everything it prints. */
  readonly logFile: string;
};

const READY_MS = 180_000;
const STOP_MS = 20_000;

/** Starts a server and answers its process id once `/health` answers; it ends with the lifecycle. */
export async function startServer(options: ServerProcess, lifecycle: Lifecycle): Promise<number> {
  const { name, program, args, env, url, logFile } = options;
  const log = openSync(logFile, 'w');
  const [file = program, ...rest] = [...dyingWithUs(), program, ...args];
  // a group of its own, so that all its workers can be ended
  const child = spawn(file, rest, {
    env: { ...process.env, ...env },
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const exited = once(child, 'exit');
  exited.catch(() => {});
  lifecycle.onClose(name, async () => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    process.kill(-child.pid, 'SIGTERM');
    const hammer = setTimeout(() => process.kill(-(child.pid ?? 0), 'SIGKILL'), STOP_MS);
    await exited;
    clearTimeout(hammer);
  });
  const deadline = performance.now() + READY_MS;
  while (!(await answers(url))) {
    if (child.pid === undefined || child.exitCode !== null || performance.now() > deadline)
      throw new Error(`${name} did not start:\n${readFileSync(logFile, 'utf8').slice(-2000)}`);
    await sleep(100);
  }
  return child.pid ?? 0;
}

async function answers(url: string): Promise<boolean> {
  return fetch(`${url}/health`, { signal: AbortSignal.timeout(5_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** Where Linux can end a child together with its parent, even a killed parent leaves nothing behind. */
function dyingWithUs(): readonly string[] {
  const prefix = ['setpriv', '--pdeathsig=TERM', '--'] as const;
  return spawnSync(prefix[0], [...prefix.slice(1), 'true']).status === 0 ? prefix : [];
}
