import { pino } from 'pino';
import { parseEnv, serviceEnv } from '../config.ts';
import { eventLogMigrations } from '../events/event-log.ts';
import type { SchemaState } from '../migrations/schema-state.ts';
import { type Migrations, migrate, migrationStates } from '../migrations.ts';
import type { Print } from './run-command.ts';

export type MigrateFlags = { readonly status: boolean; readonly dryRun: boolean; readonly json: boolean };

/** What migrations need to know: a job that runs them needs no other secret than the database's. */
const Env = serviceEnv.pick({ DATABASE_URL: true, EVENTS_DATABASE_URL: true, KAFKA_BROKERS: true });

type Target = { readonly url: string; readonly migrations: readonly Migrations[] };

/**
 * Applies what is pending, or only lists it. Answers the exit code: 1 where `status` finds a schema that this version could
 * not work with as it is.
 */
export async function migrateCommand(
  migrations: readonly Migrations[],
  flags: MigrateFlags,
  env: NodeJS.ProcessEnv,
  print: Print,
): Promise<number> {
  const all = targets(migrations, env);
  if (flags.status || flags.dryRun) return list(all, flags, print);
  let applied = 0;
  const log = pino({ level: 'silent' });
  const onApplied = (schema: string, migration: string, ms: number) => {
    applied++;
    print(flags.json ? JSON.stringify({ schema, migration, ms }) : `${schema}: ${migration} applied in ${ms} ms`);
  };
  for (const { url, migrations: pending } of all) await migrate(pending, { url, apply: true, log, onApplied });
  if (!flags.json) print(applied === 0 ? 'Nothing to do: the database is up to date.' : 'The database is up to date.');
  return 0;
}

/** The event log has a place of its own, and is only there where no Kafka is. */
function targets(migrations: readonly Migrations[], env: NodeJS.ProcessEnv): readonly Target[] {
  const { DATABASE_URL: url, EVENTS_DATABASE_URL: events = url, KAFKA_BROKERS: brokers } = parseEnv(Env, env);
  const own = { url, migrations };
  return brokers.length > 0 ? [own] : [own, { url: events, migrations: [eventLogMigrations] }];
}

async function list(all: readonly Target[], { dryRun, json }: MigrateFlags, print: Print): Promise<number> {
  const states: SchemaState[] = [];
  for (const { url, migrations } of all) states.push(...(await migrationStates(migrations, url)));
  const ready = states.every(({ pending, breaking }) => pending.length + breaking.length === 0);
  if (json) print(JSON.stringify({ ready, schemas: states }));
  else for (const state of states) for (const line of lines(state, dryRun)) print(line);
  if (!json && ready) print('The database is up to date.');
  return dryRun || ready ? 0 : 1;
}

function lines({ schema, applied, pending, unknown, breaking }: SchemaState, onlyPending: boolean): readonly string[] {
  const word = (name: string) => {
    if (breaking.includes(name)) return 'applied by a newer version; this one cannot work with it';
    return unknown.includes(name) ? 'applied by a newer version' : 'applied';
  };
  return [
    ...(onlyPending ? [] : applied.map((name) => `${schema}: ${name} ${word(name)}`)),
    ...pending.map((name) => `${schema}: ${name} pending`),
  ];
}
