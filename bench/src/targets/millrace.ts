import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import { freePort } from '@millrace/platform/testing/parts/server-process';
import type { Target } from '../load/round.ts';
import type { Database } from './database.ts';
import { startServer } from './server-process.ts';

const MAIN = new URL('../../../services/local/src/main.ts', import.meta.url).pathname;

/** What `npm start` starts, on the given database. */
export async function startMillrace(folder: string, database: Database, lifecycle: Lifecycle): Promise<Target> {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const pid = await startServer(
    {
      name: 'Millrace',
      program: process.execPath,
      args: [MAIN, '--port', String(port), '--data', folder],
      env: { DATABASE_URL: database.url },
      url,
      logFile: join(folder, 'server.log'),
    },
    lifecycle,
  );
  return { name: 'millrace', url, pids: [pid, ...(database.pid === null ? [] : [database.pid])] };
}
