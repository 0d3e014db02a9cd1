import type { Queryable } from '@millrace/platform/postgres';

/** Disables a webhook and gives up what waits for it; both stay to be seen, and can be taken up again. */
export async function disableWebhook(db: Queryable, webhookId: string, reason: string): Promise<void> {
  await db.query({
    name: 'webhook_disable',
    text: `
      with disabled as (
        update registry.webhook
        set active = false, disabled_reason = $2, updated_ms = greatest(updated_ms + 1, registry.now_ms())
        where webhook_id = $1 and active and deleted_ms is null
        returning webhook_id)
      update registry.webhook_delivery d set state = 3, error = coalesce(d.error || '; ', '') || 'given up: ' || $2
      from disabled w where d.webhook_id = w.webhook_id and d.state = 1`,
    values: [webhookId, reason],
  });
}

/** Webhooks whose receiver has taken nothing for so long, and still has something to take. */
export async function findFailing(db: Queryable, days: number): Promise<string[]> {
  const { rows } = await db.query<{ webhook_id: string }>({
    name: 'webhook_failing',
    text: `
      select e.webhook_id from registry.webhook_endpoint e join registry.webhook w on w.webhook_id = e.webhook_id
      where w.active and w.deleted_ms is null and e.failing_since < now() - $1 * interval '1 day'
        and exists (select from registry.webhook_delivery d
          where d.webhook_id = e.webhook_id and d.state = 1 and d.attempt_count > 0)`,
    values: [days],
  });
  return rows.map((row) => row.webhook_id);
}

/** Webhooks for which more deliveries wait than may. */
export async function findOverfull(db: Queryable, max: number): Promise<string[]> {
  const { rows } = await db.query<{ webhook_id: string }>({
    name: 'webhook_overfull',
    text: `
      select w.webhook_id from registry.webhook w
      where w.active and w.deleted_ms is null and exists (
        select from registry.webhook_delivery d
        where d.webhook_id = w.webhook_id and d.state = 1 order by d.sequence offset $1 limit 1)`,
    values: [max],
  });
  return rows.map((row) => row.webhook_id);
}

const BATCH = 5_000;

/** Forgets deliveries older than this, a batch at a time: answers whether there may be more. */
export async function pruneDeliveries(db: Queryable, days: number): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'webhook_prune_deliveries',
    text: `
      delete from registry.webhook_delivery where delivery_id = any(array(
        select delivery_id from registry.webhook_delivery where created_at < now() - $1 * interval '1 day' limit ${BATCH}))`,
    values: [days],
  });
  return rowCount === BATCH;
}

/** Forgets events that no delivery is about any more: answers whether there may be more. */
export async function pruneMessages(db: Queryable, days: number): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'webhook_prune_messages',
    text: `
      delete from registry.webhook_message where message_id = any(array(
        select m.message_id from registry.webhook_message m
        where m.occurred_at < now() - $1 * interval '1 day'
          and not exists (select from registry.webhook_delivery d where d.message_id = m.message_id)
        limit ${BATCH}))`,
    values: [days],
  });
  return rowCount === BATCH;
}

/** Forgets webhooks that were deleted so long ago that their deliveries are gone too. */
export async function pruneWebhooks(db: Queryable, days: number): Promise<void> {
  await db.query({
    name: 'webhook_prune_webhooks',
    text: `
      delete from registry.webhook w
      where w.deleted_ms < registry.now_ms() - $1::bigint * 86400000
        and not exists (select from registry.webhook_delivery d where d.webhook_id = w.webhook_id)`,
    values: [days],
  });
}
