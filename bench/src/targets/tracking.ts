import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import { freePort } from '@millrace/platform/testing/parts/server-process';
import type { Target } from '../load/round.ts';
import type { Database } from './database.ts';
import { startServer } from './server-process.ts';

const MAIN = new URL('../../../services/tracking/src/main.ts', import.meta.url).pathname;
/** As README.md says to start a service, and as the images do. */
const YOUNG_HEAP = '--max-semi-space-size=16';
/** No workload lists artifacts, so nobody is asked there. */
const NO_ARTIFACT_PROXY = '127.0.0.1:1';

/** The tracking service as it runs by itself, on the given database. */
export async function startTracking(folder: string, database: Database, lifecycle: Lifecycle): Promise<Target> {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const pid = await startServer(
    {
      name: 'The tracking service',
      program: process.execPath,
      args: [YOUNG_HEAP, MAIN],
      env: {
        AUTH_MODE: 'anonymous',
        DATABASE_URL: database.url,
        HTTP_PORT: String(port),
        GRPC_PORT: '0',
        ARTIFACT_PROXY_GRPC: NO_ARTIFACT_PROXY,
      },
      url,
      logFile: join(folder, 'server.log'),
    },
    lifecycle,
  );
  return { name: 'tracking', url, pids: [pid, ...(database.pid === null ? [] : [database.pid])] };
}
