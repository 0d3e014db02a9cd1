import type { Context } from '@millrace/platform/contract/context';
import { type NewEvent, outboxRow } from '@millrace/platform/outbox/event';
import { enqueue } from '@millrace/platform/outbox/outbox';
import { type Queryable, transaction } from '@millrace/platform/postgres';
import type { Deps } from './deps.ts';

export type Tell = (...events: readonly NewEvent[]) => void;

/**
 * Makes a change and the events it tells of durable together, or neither. The events get their place in the outbox after all
 * that `work` locks, so that those of one model follow each other as its changes do.
 */
export async function change<T>(
  { pool, announce }: Deps,
  context: Context,
  work: (tx: Queryable, tell: Tell) => Promise<T>,
): Promise<T> {
  const told: NewEvent[] = [];
  const result = await transaction(pool, async (tx) => {
    const done = await work(tx, (...events) => told.push(...events));
    await enqueue(
      tx,
      'registry',
      told.map((event) => outboxRow(event, context)),
    );
    return done;
  });
  if (told.length > 0) announce();
  return result;
}
