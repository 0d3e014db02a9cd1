import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const MAIN = new URL('../../services/local/src/main.ts', import.meta.url).pathname;

/** Starts Millrace as `npm start` does, in a process of its own; `stop` also removes its data. */
export async function startTarget(): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const data = await mkdtemp(join(tmpdir(), 'millrace-bench-'));
  const child = spawn(process.execPath, [MAIN, '--port', '0', '--data', data], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await listening(child);
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
      await rm(data, { recursive: true, force: true });
    },
  };
}

async function listening({ stdout }: ChildProcess): Promise<string> {
  if (!stdout) throw new Error('the server has no output');
  for await (const line of createInterface(stdout)) {
    const match = /listening on (http\S+)/.exec(line);
    if (match?.[1]) {
      stdout.resume(); // nobody reads on; a full pipe would stop the server
      return match[1];
    }
  }
  throw new Error('the server ended before it listened');
}
