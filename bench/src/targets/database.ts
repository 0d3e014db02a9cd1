import { startEmbeddedPostgres } from '@millrace/platform/embedded-postgres';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import { createLog } from '@millrace/platform/log';
import pg from 'pg';

export type Database = {
  /** Of a database for Millrace. */
  readonly url: string;
  /** The process that all others of the server descend from; null for a server that is not ours. */
  readonly pid: number | null;
  readonly version: string;
};

/** The PostgreSQL that `npm start` uses, with its settings, on a folder of ours; or the given one. */
export async function openDatabase(folder: string, given: string | undefined, lifecycle: Lifecycle): Promise<Database> {
  if (given) return { url: given, pid: null, version: await serverVersion(given) };
  // its log is in the folder; ours would be mixed into the report
  const server = await startEmbeddedPostgres({ dataDir: folder, log: createLog('bench', 'silent') });
  lifecycle.onClose('PostgreSQL', () => server.stop());
  return { url: server.url, pid: server.pid, version: await serverVersion(server.url) };
}

/** The URL of another database of the same server, made when it is missing. */
export async function siblingDatabase(url: string, name: string): Promise<string> {
  await withClient(url, async (db) => {
    const { rowCount } = await db.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount === 0) await db.query(`create database ${pg.escapeIdentifier(name)}`);
  });
  const sibling = new URL(url);
  sibling.pathname = `/${name}`;
  return sibling.href;
}

async function serverVersion(url: string): Promise<string> {
  return withClient(url, async (db) => {
    const { rows } = await db.query<{ server_version: string }>('show server_version');
    return rows[0]?.server_version ?? 'unknown';
  });
}

async function withClient<T>(url: string, work: (db: pg.Client) => Promise<T>): Promise<T> {
  const db = new pg.Client({ connectionString: url });
  await db.connect();
  try {
    return await work(db);
  } finally {
    await db.end();
  }
}
