import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

export type ProxyProcess = {
  readonly port: number;
  readonly child: ChildProcess;
  readonly rssBytes: () => number;
  readonly kill: () => Promise<void>;
};

/** The service as a process of its own, to be killed and weighed. */
export async function startProxyProcess(
  env: Record<string, string | undefined>,
  nodeOptions: readonly string[] = [],
): Promise<ProxyProcess> {
  const main = new URL('../src/main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--max-old-space-size=128', ...nodeOptions, main], {
    env: { PATH: process.env['PATH'], AUTH_MODE: 'anonymous', HTTP_PORT: '0', GRPC_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let port: number | undefined;
  for await (const line of createInterface(child.stdout)) {
    const { httpPort } = JSON.parse(line) as { httpPort?: number };
    port = httpPort;
    if (port !== undefined) break;
  }
  if (port === undefined) throw new Error(`the artifact proxy ended with code ${child.exitCode} while starting`);
  child.stdout.resume();
  return {
    port,
    child,
    rssBytes: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) * 1024,
    async kill() {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
