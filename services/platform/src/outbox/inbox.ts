import type { Lifecycle } from '../lifecycle.ts';
import type { Logger } from '../log.ts';
import { type Pool, type Queryable, transaction } from '../postgres.ts';

/** Runs `work` in a transaction the first time a consumer meets an event; a redelivery does nothing. */
export async function handleOnce(
  pool: Pool,
  { schema, consumer, eventId }: { readonly schema: string; readonly consumer: string; readonly eventId: string },
  work: (tx: Queryable) => Promise<void>,
): Promise<void> {
  await transaction(pool, async (tx) => {
    const { rowCount } = await tx.query({
      name: `${schema}_inbox_insert`,
      text: `insert into ${schema}.inbox (consumer, event_id) values ($1, $2) on conflict do nothing`,
      values: [consumer, eventId],
    });
    if (rowCount === 1) await work(tx);
  });
}

const PRUNE_EVERY_MS = 3_600_000;

/** Forgets, every hour, events older than any redelivery: seven days. */
export function pruneInbox(pool: Pool, schema: string, lifecycle: Lifecycle, log: Logger): void {
  const prune = () =>
    pool
      .query(`delete from ${schema}.inbox where received_at < now() - interval '7 days'`)
      .catch((err: unknown) => log.warn({ err }, 'pruning the inbox failed'));
  const timer = setInterval(() => void prune(), PRUNE_EVERY_MS).unref();
  lifecycle.onClose('inbox pruning', () => clearInterval(timer));
}
