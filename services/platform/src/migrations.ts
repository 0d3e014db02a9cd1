import pg from 'pg';
import { ConfigError } from './config.ts';
import { turnOffJit } from './jit.ts';
import type { Logger } from './log.ts';
import { applyMigration } from './migrations/apply.ts';
import { withMigrationLock } from './migrations/lock.ts';
import { type Migrations, type SchemaState, schemaState } from './migrations/schema-state.ts';
import { sqlState } from './postgres.ts';

export type { Migrations } from './migrations/schema-state.ts';

/** The tables behind `outbox/`: every service that announces events has them in its own schema. */
export const outboxMigrations = (schema: string): Migrations => ({
  schema,
  table: 'outbox_migrations',
  folder: new URL('../migrations/outbox/', import.meta.url),
});

export type MigrateOptions = {
  readonly url: string;
  /** false: apply nothing, only check that this version can work with the schema. */
  readonly apply: boolean;
  readonly log: Logger;
  /** Told of each migration that was applied. */
  readonly onApplied?: (schema: string, migration: string, ms: number) => void;
};

/**
 * Brings schemas up to date. Safe to run from several processes at once: one works, the others wait for it. A newer version
 * may have been here before; throws when it has taken away what this one needs.
 */
export async function migrate(all: readonly Migrations[], options: MigrateOptions): Promise<void> {
  const { url, apply, log } = options;
  const client = await connect(url);
  try {
    const behind: Migrations[] = [];
    for (const migrations of all) if (await isBehind(client, migrations, apply)) behind.push(migrations);
    const work = async () => {
      for (const migrations of behind) await applyPending(client, migrations, options);
    };
    if (behind.length > 0)
      await withMigrationLock(client, work, () => log.info('another process is migrating the database'));
    await turnOffJit(client, log);
  } finally {
    await client.end();
  }
}

/** Where each schema stands, without changing anything. */
export async function migrationStates(all: readonly Migrations[], url: string): Promise<readonly SchemaState[]> {
  const client = await connect(url);
  try {
    const states = [];
    for (const migrations of all) states.push(await schemaState(client, migrations));
    return states;
  } finally {
    await client.end();
  }
}

/** Says which database does not answer; the password stays out of it. */
async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'millrace-migrate' });
  client.on('error', () => {}); // the statement under way tells; without a listener the process would end
  try {
    await client.connect();
    return client;
  } catch (cause) {
    const { host, pathname } = new URL(url);
    const reason = (cause as Error).message || (cause as NodeJS.ErrnoException).code;
    throw new ConfigError(`The database ${host}${pathname} cannot be reached: ${reason}`, { cause });
  }
}

async function isBehind(client: pg.Client, migrations: Migrations, apply: boolean): Promise<boolean> {
  const { schema, pending, unknown, breaking } = await schemaState(client, migrations);
  if (breaking.length > 0 || (unknown.length > 0 && pending.length > 0)) {
    throw new ConfigError(
      `The database schema '${schema}' is newer than this version of Millrace: it has ${unknown.join(', ')}. ` +
        'Start the version that made it, or a newer one.',
    );
  }
  if (pending.length > 0 && !apply) {
    throw new ConfigError(
      `The database schema '${schema}' lacks ${pending.join(', ')}. ` +
        'Run the migrations first, or start with DATABASE_MIGRATE=true.',
    );
  }
  return pending.length > 0;
}

/** Looks again, since whoever had the lock before may have done it all. */
async function applyPending(client: pg.Client, migrations: Migrations, { log, onApplied }: MigrateOptions) {
  const { schema, pending } = await schemaState(client, migrations);
  if (pending.length > 0) await createSchema(client, schema);
  for (const migration of pending) {
    const start = performance.now();
    await applyMigration(client, migrations, migration, log);
    const ms = Math.round(performance.now() - start);
    log.info({ schema, migration, ms }, 'database migrated');
    onApplied?.(schema, migration, ms);
  }
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
