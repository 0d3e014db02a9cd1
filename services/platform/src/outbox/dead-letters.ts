import { type Pool, type Queryable, transaction } from '../postgres.ts';
import { EVENT_COLUMNS, lockOutbox } from './stored-event.ts';

/** Takes events out of the outbox; `reason` is null for those that only wait behind another. */
export async function moveToDead(
  tx: Queryable,
  schema: string,
  ids: readonly number[],
  reason: string | null,
): Promise<void> {
  if (ids.length === 0) return;
  await tx.query({
    name: `${schema}_outbox_bury`,
    text: `
      with gone as (delete from ${schema}.outbox where id = any($1::bigint[]) returning ${EVENT_COLUMNS}, attempts)
      insert into ${schema}.outbox_dead (${EVENT_COLUMNS}, attempts, reason)
      select ${EVENT_COLUMNS}, attempts, $2 from gone`,
    values: [ids, reason],
  });
}

export type DeadEvent = {
  readonly id: number;
  readonly event_id: string;
  readonly type: string;
  readonly key: string;
  readonly subject: string;
  readonly occurred_at: Date;
  readonly died_at: Date;
  readonly attempts: number;
  readonly reason: string | null;
};

/** Oldest first, from behind the place `after`. */
export async function listDead(db: Queryable, schema: string, after: number, limit: number): Promise<DeadEvent[]> {
  const { rows } = await db.query<DeadEvent>(
    `select id, event_id, type, key, subject, occurred_at, died_at, attempts, reason
     from ${schema}.outbox_dead where id > $1 order by id limit $2`,
    [after, limit],
  );
  return rows;
}

/** Which of the dead are meant: one event with those of its key, all of a key, or all. */
export type Chosen =
  | { readonly by: 'event'; readonly eventId: string }
  | { readonly by: 'key'; readonly key: string }
  | { readonly by: 'all' };

/** Gives events back to the outbox, each in its old place, so that those of one key stay in order. Answers how many. */
export function replayDead(pool: Pool, schema: string, chosen: Chosen): Promise<number> {
  return transaction(pool, async (tx) => {
    await lockOutbox(tx, schema);
    return giveBack(tx, schema, chosen);
  });
}

/** Loses one event for good and gives those that waited behind it back to the outbox. False when there is no such event. */
export function discardDead(pool: Pool, schema: string, eventId: string): Promise<boolean> {
  return transaction(pool, async (tx) => {
    await lockOutbox(tx, schema);
    const { rows } = await tx.query<{ key: string }>(
      `delete from ${schema}.outbox_dead where event_id = $1 returning key`,
      [eventId],
    );
    if (rows[0]) await giveBack(tx, schema, { by: 'key', key: rows[0].key });
    return rows[0] !== undefined;
  });
}

async function giveBack(tx: Queryable, schema: string, chosen: Chosen): Promise<number> {
  const { rowCount } = await tx.query(
    `with back as (
       delete from ${schema}.outbox_dead
       where case $1 when 'event' then key = (select key from ${schema}.outbox_dead where event_id::text = $2)
         when 'key' then key = $2 else true end
       returning ${EVENT_COLUMNS})
     insert into ${schema}.outbox (${EVENT_COLUMNS}) overriding system value select ${EVENT_COLUMNS} from back`,
    [chosen.by, chosen.by === 'event' ? chosen.eventId : chosen.by === 'key' ? chosen.key : ''],
  );
  return rowCount ?? 0;
}
