import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import { cachedFolder } from '@millrace/platform/testing/parts/cache';
import { run } from '@millrace/platform/testing/parts/run';
import { freePort } from '@millrace/platform/testing/parts/server-process';
import { pythonWithMlflow } from '@millrace/platform/testing/python';
import type { Target } from '../load/round.ts';
import type { Store } from '../stores/store.ts';
import { type Database, siblingDatabase } from './database.ts';
import { startServer } from './server-process.ts';

type Package = { readonly requirement: string; readonly marker: string };

const DRIVER = { requirement: 'psycopg2-binary==2.9.13', marker: 'psycopg2/__init__.py' };
const S3_CLIENT = { requirement: 'boto3==1.40.0', marker: 'boto3/__init__.py' };

export type Mlflow = Target & { readonly databaseUrl: string };

/** MLflow's own server as `mlflow server` starts it, with its four workers, on a database beside Millrace's. */
export async function startMlflow(
  folder: string,
  database: Database,
  lifecycle: Lifecycle,
  { port, s3 = null }: { readonly port?: number; readonly s3?: Store['s3'] } = {},
): Promise<Mlflow> {
  mkdirSync(folder, { recursive: true });
  const python = await pythonWithMlflow('newest');
  const driver = await pythonPackage(python, DRIVER);
  const boto = s3 ? await pythonPackage(python, S3_CLIENT) : '';
  const databaseUrl = await siblingDatabase(database.url, 'mlflow');
  const listen = port ?? (await freePort());
  const url = `http://127.0.0.1:${listen}`;
  const flags = {
    host: '127.0.0.1',
    port: String(listen),
    'backend-store-uri': databaseUrl.replace(/^postgres(ql)?:/, 'postgresql+psycopg2:'),
    'artifacts-destination': s3 ? `s3://${s3.bucket}/mlflow` : join(folder, 'artifacts'),
  };
  const pid = await startServer(
    {
      name: 'MLflow',
      program: python,
      args: ['-m', 'mlflow', 'server', ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value])],
      env: { PYTHONPATH: `${driver}:${boto}`, MLFLOW_DISABLE_TELEMETRY: 'true', ...(s3 && s3Env(s3)) },
      url,
      logFile: join(folder, 'server.log'),
    },
    lifecycle,
  );
  return { name: 'mlflow', url, pids: [pid, ...(database.pid === null ? [] : [database.pid])], databaseUrl };
}

const s3Env = ({ endpoint, credentials, region }: NonNullable<Store['s3']>) => ({
  MLFLOW_S3_ENDPOINT_URL: endpoint,
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  AWS_DEFAULT_REGION: region,
});

/** A folder for PYTHONPATH: the environment itself is shared with tests that have no use for them. */
async function pythonPackage(python: string, { requirement, marker }: Package): Promise<string> {
  const version = await run(python, ['-c', 'import sys; print(sys.implementation.cache_tag)']);
  return cachedFolder({
    name: `python-${requirement.replace('==', '-')}-${version.trim()}`,
    marker,
    fill: async (target) => {
      await run(python, ['-m', 'pip', 'install', '--quiet', '--no-input', '--target', target, requirement]);
    },
  });
}
