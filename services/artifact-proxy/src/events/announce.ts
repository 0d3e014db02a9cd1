import { type EventContext, type NewEvent, outboxRow } from '@millrace/platform/outbox/event';
import { outboxInsert, outboxValues } from '@millrace/platform/outbox/outbox';
import type { Pool } from '@millrace/platform/postgres';

export const SCHEMA = 'artifacts';

/** Resolves when the event can no longer be lost. */
export type Announce = (event: NewEvent, context: EventContext) => Promise<void>;

/** The lock stands for the row that other services would lock: events of one key get their numbers in the order they commit. */
const INSERT = `
  with lock as materialized (select pg_advisory_xact_lock(hashtextextended('millrace.artifacts.' || $7, 0)))
  ${outboxInsert(SCHEMA, 'lock', 1)}`;

export function announcer(pool: Pool, wake: () => void): Announce {
  return async (event, context) => {
    const values = [...outboxValues(outboxRow(event, context)), event.key];
    await pool.query({ name: 'artifacts_announce', text: INSERT, values });
    wake();
  };
}
