import pg from 'pg';
import { sqlState } from '../postgres.ts';
import { clockFinding, databaseClock } from './clock.ts';
import { databaseSettings } from './database-settings.ts';
import { type Finding, failed, ok, reasonOf } from './finding.ts';
import { outboxFindings } from './outbox.ts';
import { rightsFindings } from './rights.ts';
import { schemaFindings } from './schema.ts';
import type { ServiceParts } from './service-parts.ts';

const CONNECT_MS = 5_000;
const STATEMENT_MS = 10_000;

/** The database with everything of the service in it; where it cannot be reached there is nothing more to say. */
export async function databaseFindings(parts: ServiceParts): Promise<readonly Finding[]> {
  const { host, pathname } = new URL(parts.database.url);
  const client = new pg.Client({
    connectionString: parts.database.url,
    application_name: 'millrace-doctor',
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
  });
  client.on('error', () => {}); // the query under way tells
  try {
    await client.connect();
  } catch (error) {
    return [failed('database', `${host}${pathname} cannot be reached: ${reasonOf(error)}`, unreachable(error))];
  }
  try {
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    return [
      ok('database', `${host}${pathname} answers, PostgreSQL ${rows[0]?.server_version}`),
      ...(await databaseSettings(client, parts.database.poolSize)),
      clockFinding('clock of the database', await databaseClock(client), DATABASE_CLOCK),
      ...(await schemaFindings(client, parts.migrations, parts.name)),
      ...(await rightsFindings(client, parts)),
      ...(await outboxFindings(client, parts)),
    ];
  } finally {
    await client.end();
  }
}

const DATABASE_CLOCK = {
  warnMs: 2_000,
  failMs: 60_000,
  why: 'times of runs, events and signed addresses would contradict each other',
};

function unreachable(error: unknown): string {
  switch (sqlState(error)) {
    case '28P01':
    case '28000':
      return 'Correct user and password in DATABASE_URL, or let the user in (pg_hba.conf).';
    case '3D000':
      return 'Create the database, or correct its name in DATABASE_URL.';
    case '53300':
      return 'Raise max_connections, or lower DATABASE_POOL_SIZE or the number of replicas.';
    default:
      return 'See that PostgreSQL runs, that DATABASE_URL has its address, and that firewalls and network policies let us through.';
  }
}
