import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import { freePort } from '@millrace/platform/testing/parts/server-process';
import type { Target } from '../load/round.ts';
import type { Store } from '../stores/store.ts';
import type { Database } from './database.ts';
import { startServer } from './server-process.ts';

const MAIN = new URL('../../../services/local/src/main.ts', import.meta.url).pathname;

/** What `npm start` starts, on the given database; `env` sets what is not said by flags. */
export async function startMillrace(
  folder: string,
  database: Database,
  lifecycle: Lifecycle,
  env: Readonly<Record<string, string>> = {},
): Promise<Target> {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const pid = await startServer(
    {
      name: 'Millrace',
      program: process.execPath,
      args: [MAIN, '--port', String(port), '--data', folder],
      env: { ...env, DATABASE_URL: database.url },
      url,
      logFile: join(folder, 'server.log'),
    },
    lifecycle,
  );
  return { name: 'millrace', url, pids: [pid, ...(database.pid === null ? [] : [database.pid])] };
}

/** Settings by which it keeps artifacts there. */
export function storeEnv({ s3 }: Pick<Store, 's3'>): Readonly<Record<string, string>> {
  if (s3 === null) return {};
  const { endpoint, credentials, region, bucket } = s3;
  return {
    S3_ENDPOINT: endpoint,
    S3_REGION: region,
    S3_BUCKET: bucket,
    S3_ACCESS_KEY_ID: credentials.accessKeyId,
    S3_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
}
