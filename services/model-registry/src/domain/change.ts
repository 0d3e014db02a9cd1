import type { Context } from '@millrace/platform/contract/context';
import { type NewEvent, outboxRow } from '@millrace/platform/outbox/event';
import { type Queryable, transaction } from '@millrace/platform/postgres';
import type { Notice } from '../events/mlflow-notices.ts';
import { announceAll } from '../store/announce.ts';
import type { Deps } from './deps.ts';
import { eventMessage, noticeMessage } from './webhook-messages.ts';

/** Events go to everybody who listens, MLflow's notices to its kind of webhooks only. */
export type Tell = (...told: readonly (NewEvent | Notice)[]) => void;

/**
 * Makes a change, the events it tells of and their deliveries to webhooks durable together, or none of it. The events get their
 * place in the outbox after all that `work` locks, so that those of one model follow each other as its changes do.
 */
export async function change<T>(
  { pool, announce, webhooks }: Pick<Deps, 'pool' | 'announce' | 'webhooks'>,
  context: Context,
  work: (tx: Queryable, tell: Tell) => Promise<T>,
): Promise<T> {
  const events: NewEvent[] = [];
  const notices: Notice[] = [];
  let deliveries = 0;
  const result = await transaction(pool, async (tx) => {
    const done = await work(tx, (...told) => {
      for (const one of told) 'topic' in one ? notices.push(one) : events.push(one);
    });
    const rows = events.map((event) => outboxRow(event, context));
    const messages = [...rows.map(eventMessage), ...notices.map(noticeMessage)];
    deliveries = await announceAll(tx, context, rows, messages);
    return done;
  });
  if (events.length > 0) announce();
  if (deliveries > 0) webhooks.wake();
  return result;
}
