import type { Queryable } from '../postgres.ts';
import { type Finding, failed, ok, warning } from './finding.ts';

type Settings = {
  readonly version: number;
  readonly encoding: string;
  readonly fsync: string;
  readonly pages: string;
  readonly commit: string;
  readonly standby: boolean;
  readonly read_only: string;
  readonly free: number;
};

const OLDEST = 140_000;

/** What the server promises, and whether there is room in it. */
export async function databaseSettings(db: Queryable, poolSize: number): Promise<readonly Finding[]> {
  const { rows } = await db.query<Settings>(`
    select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding,
      current_setting('fsync') as fsync, current_setting('full_page_writes') as pages,
      current_setting('synchronous_commit') as commit, pg_is_in_recovery() as standby,
      current_setting('transaction_read_only') as read_only,
      current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as free`);
  const [found] = rows;
  if (!found) return [];
  const problems = [...promises(found), ...room(found, poolSize)];
  return problems.length > 0
    ? problems
    : [ok('database settings', `durable, writable, ${found.free} free connections`)];
}

function promises({ version, encoding, fsync, pages, commit, standby, read_only }: Settings): Finding[] {
  const found: Finding[] = [];
  const bad = (detail: string, fix: string) => found.push(failed('database settings', detail, fix));
  if (version < OLDEST) bad('PostgreSQL is older than 14', 'Upgrade PostgreSQL to 14 or newer.');
  if (encoding !== 'UTF8') bad(`the encoding is ${encoding}`, 'Create the database anew with encoding UTF8.');
  if (fsync !== 'on' || pages !== 'on')
    bad('fsync or full_page_writes is off: a power cut loses or corrupts data', 'Switch both on in postgresql.conf.');
  if (commit === 'off')
    bad(
      'synchronous_commit is off: acknowledged writes are lost in a crash',
      'Switch it on for this database and role.',
    );
  if (standby || read_only === 'on')
    bad('the server takes no writes: it is a standby or read-only', 'Point DATABASE_URL at the primary.');
  return found;
}

function room({ free }: Settings, poolSize: number): Finding[] {
  if (free >= poolSize) return [];
  const detail = `${free} connections are free, and each replica opens up to ${poolSize}`;
  return [warning('database settings', detail, 'Raise max_connections, or lower DATABASE_POOL_SIZE.')];
}
