import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { ConfigError } from './config.ts';
import type { Logger } from './log.ts';
import { sqlState } from './postgres.ts';

/** Plain `.sql` files of one folder, applied in the order of their names to one schema. */
export type Migrations = { readonly schema: string; readonly table: string; readonly folder: URL };

/** The tables behind `outbox/`: every service that announces events has them in its own schema. */
export const outboxMigrations = (schema: string): Migrations => ({
  schema,
  table: 'outbox_migrations',
  folder: new URL('../migrations/outbox/', import.meta.url),
});

export type MigrateOptions = {
  readonly url: string;
  /** false: apply nothing, only check that the schema is what this version expects. */
  readonly apply: boolean;
  readonly log: Logger;
};

/**
 * Brings schemas up to date. Safe to run from several processes at once: one works, the others wait for it. Throws when a
 * schema has migrations this version does not know, because a newer version has been here and may rely on them.
 */
export async function migrate(all: readonly Migrations[], { url, apply, log }: MigrateOptions): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'millrace-migrate' });
  client.on('error', () => {}); // the statement under way tells; without a listener the process would end
  await connect(client, url);
  try {
    for (const migrations of all) await migrateOne(client, migrations, apply, log);
  } finally {
    await client.end();
  }
}

/** Says which database does not answer; the password stays out of it. */
async function connect(client: pg.Client, url: string): Promise<void> {
  try {
    await client.connect();
  } catch (cause) {
    const { host, pathname } = new URL(url);
    const reason = (cause as Error).message || (cause as NodeJS.ErrnoException).code;
    throw new ConfigError(`The database ${host}${pathname} cannot be reached: ${reason}`, { cause });
  }
}

async function migrateOne(client: pg.Client, { schema, table, folder }: Migrations, apply: boolean, log: Logger) {
  const known = await fileNames(folder);
  const applied = await appliedNames(client, schema, table);
  const foreign = applied.filter((name) => !known.includes(name));
  if (foreign.length > 0) {
    throw new ConfigError(
      `The database schema '${schema}' is newer than this version of Millrace: it has ${foreign.join(', ')}. ` +
        'Start the version that made it, or a newer one.',
    );
  }
  if (applied.length === known.length) return;
  if (!apply) {
    throw new ConfigError(
      `The database schema '${schema}' lacks ${known.filter((name) => !applied.includes(name)).join(', ')}. ` +
        'Run the migrations first, or start with DATABASE_MIGRATE=true.',
    );
  }
  await createSchema(client, schema);
  const done = await runner({
    dbClient: client,
    dir: fileURLToPath(folder),
    schema,
    migrationsSchema: schema,
    migrationsTable: table,
    direction: 'up',
    advisoryLockMode: 'wait',
    logger: { info: () => {}, warn: (text) => log.warn(text), error: (text) => log.error(text) },
  });
  for (const { name } of done) log.info({ schema, migration: name }, 'database migrated');
}

async function fileNames(folder: URL): Promise<string[]> {
  const files = await readdir(folder);
  return files.filter((file) => file.endsWith('.sql')).map((file) => file.slice(0, -'.sql'.length));
}

async function appliedNames(client: pg.Client, schema: string, table: string): Promise<string[]> {
  const { rows: known } = await client.query<{ found: boolean }>('select to_regclass($1) is not null as found', [
    `${schema}.${table}`,
  ]);
  if (!known[0]?.found) return [];
  const { rows } = await client.query<{ name: string }>(`select name from ${schema}.${table}`);
  return rows.map(({ name }) => name);
}

/** Looks first: a role that only owns its schema may not create one, not even `if not exists`. */
async function createSchema(client: pg.Client, schema: string): Promise<void> {
  const { rows } = await client.query<{ found: boolean }>('select to_regnamespace($1) is not null as found', [schema]);
  if (rows[0]?.found) return;
  try {
    await client.query(`create schema if not exists ${schema}`);
  } catch (error) {
    // two services that start on an empty database both saw none; the other one made it
    if (sqlState(error) !== '23505') throw error;
  }
}
