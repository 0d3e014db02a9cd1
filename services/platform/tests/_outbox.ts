import { createTestDatabase } from '@millrace/platform/testing/database';
import { ThingChangedSchema } from '@millrace/proto/test/sample/v1/events';
import { pino } from 'pino';
import { eventType } from '../src/events/event-type.ts';
import { Lifecycle } from '../src/lifecycle.ts';
import { migrate, outboxMigrations } from '../src/migrations.ts';
import { outboxRow } from '../src/outbox/event.ts';
import { enqueue } from '../src/outbox/outbox.ts';
import { openPool, transaction } from '../src/postgres.ts';

const THING_CHANGED = eventType(ThingChangedSchema);
export const SCHEMA = 'sample';
export const log = pino({ level: 'silent' });

/** A database with an outbox, and one row per key to lock, as the things events speak of have. */
export async function openOutbox(keys: readonly string[]) {
  const lifecycle = new Lifecycle();
  const database = await createTestDatabase();
  await migrate([outboxMigrations(SCHEMA)], { url: database.url, apply: true, log });
  const pool = openPool({ url: database.url, size: 10, statementTimeoutMs: 10_000, name: 'test' }, lifecycle, log);
  await pool.query('create table sample.thing (key text primary key, count int not null default 0)');
  await pool.query('insert into sample.thing (key) select unnest($1::text[])', [keys]);

  /** Counts a thing up and announces its new count in the same transaction. */
  const change = (key: string) =>
    transaction(pool, async (tx) => {
      const { rows } = await tx.query<{ count: number }>(
        'update sample.thing set count = count + 1 where key = $1 returning count',
        [key],
      );
      const event = { type: THING_CHANGED, key, subject: `things/${key}`, data: { count: rows[0]?.count } };
      await enqueue(tx, SCHEMA, [outboxRow(event, { workspace: 'default', actor: 'ada' })]);
    });

  const waiting = async () => {
    const { rows } = await pool.query<{ count: number }>('select count(*) as count from sample.outbox');
    return rows[0]?.count;
  };

  return {
    database,
    pool,
    lifecycle,
    change,
    waiting,
    async close() {
      await lifecycle.close();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** Waits for what must become true; the test's own time limit ends it otherwise. */
export async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await condition())) await new Promise((done) => setTimeout(done, 20));
}
