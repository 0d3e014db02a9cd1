import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import { cachedFolder } from '@millrace/platform/testing/parts/cache';
import { run } from '@millrace/platform/testing/parts/run';
import { freePort } from '@millrace/platform/testing/parts/server-process';
import { pythonWithMlflow } from '@millrace/platform/testing/python';
import type { Target } from '../load/round.ts';
import { type Database, siblingDatabase } from './database.ts';
import { startServer } from './server-process.ts';

const DRIVER = 'psycopg2-binary==2.9.13';

export type Mlflow = Target & { readonly databaseUrl: string };

/** MLflow's own server as `mlflow server` starts it, with its four workers, on a database beside Millrace's. */
export async function startMlflow(
  folder: string,
  database: Database,
  lifecycle: Lifecycle,
  port?: number,
): Promise<Mlflow> {
  mkdirSync(folder, { recursive: true });
  const python = await pythonWithMlflow('newest');
  const driver = await postgresDriver(python);
  const databaseUrl = await siblingDatabase(database.url, 'mlflow');
  const listen = port ?? (await freePort());
  const url = `http://127.0.0.1:${listen}`;
  const flags = {
    host: '127.0.0.1',
    port: String(listen),
    'backend-store-uri': databaseUrl.replace(/^postgres(ql)?:/, 'postgresql+psycopg2:'),
    'artifacts-destination': join(folder, 'artifacts'),
  };
  const pid = await startServer(
    {
      name: 'MLflow',
      program: python,
      args: ['-m', 'mlflow', 'server', ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value])],
      env: { PYTHONPATH: driver, MLFLOW_DISABLE_TELEMETRY: 'true' },
      url,
      logFile: join(folder, 'server.log'),
    },
    lifecycle,
  );
  return { name: 'mlflow', url, pids: [pid, ...(database.pid === null ? [] : [database.pid])], databaseUrl };
}

/** A folder for PYTHONPATH: the environment itself is shared with tests that have no use for a driver. */
async function postgresDriver(python: string): Promise<string> {
  const version = await run(python, ['-c', 'import sys; print(sys.implementation.cache_tag)']);
  return cachedFolder({
    name: `python-${DRIVER.replace('==', '-')}-${version.trim()}`,
    marker: 'psycopg2/__init__.py',
    fill: async (target) => {
      await run(python, ['-m', 'pip', 'install', '--quiet', '--no-input', '--target', target, DRIVER]);
    },
  });
}
