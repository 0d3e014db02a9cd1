import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import type pg from 'pg';
import { ConfigError } from '../config.ts';
import type { Logger } from '../log.ts';
import { sqlState } from '../postgres.ts';
import { isConcurrent } from './compatibility.ts';
import type { Migrations } from './schema-state.ts';

/** Whoever waits for a table makes all others wait behind it, so nobody waits long: they get their turn, and it tries again. */
const LOCK_TIMEOUT_MS = 2_000;
const BETWEEN_TRIES_MS = 1_000;
const TRIES = 60;

/** One migration, in a transaction of its own unless it is a concurrent one. The caller has the lock of `withMigrationLock`. */
export async function applyMigration(client: pg.Client, migrations: Migrations, name: string, log: Logger) {
  for (let attempt = 1; ; attempt++) {
    try {
      if (isConcurrent(name)) await runStatements(client, migrations, name);
      await client.query(`set lock_timeout = ${LOCK_TIMEOUT_MS}`);
      return await run(client, migrations, name, log);
    } catch (error) {
      if (sqlState(error) !== '55P03') throw error;
      if (attempt === TRIES) throw blocked(migrations.schema, name, error);
      log.warn({ schema: migrations.schema, migration: name, attempt }, 'a table is in use; the migration tries again');
      await client.query('rollback');
      await sleep(BETWEEN_TRIES_MS);
    }
  }
}

async function run(client: pg.Client, { schema, table, folder }: Migrations, name: string, log: Logger): Promise<void> {
  await runner({
    dbClient: client,
    dir: fileURLToPath(folder),
    schema,
    migrationsSchema: schema,
    migrationsTable: table,
    direction: 'up',
    file: name,
    noLock: true,
    fake: isConcurrent(name), // its statements ran before; this only notes that they did
    logger: { info: () => {}, warn: (text) => log.debug(text), error: (text) => log.debug(text) },
  });
}

/** One by one, since several in one query would be a transaction. A crash in between runs all of them again. */
async function runStatements(client: pg.Client, { schema, folder }: Migrations, name: string): Promise<void> {
  const text = await readFile(new URL(`${name}.sql`, folder), 'utf8');
  await client.query(`set search_path to "${schema}"`);
  await client.query('set lock_timeout = 0'); // building an index waits for transactions, but lets all others through
  for (const statement of text.split(/;\s*$/m)) if (statement.trim()) await client.query(statement);
}

const blocked = (schema: string, name: string, cause: unknown) =>
  new ConfigError(
    `The migration ${name} of '${schema}' cannot have the tables it changes: a transaction keeps them. ` +
      'See which in pg_stat_activity (xact_start, state), end it, and run the migrations again.',
    { cause },
  );
