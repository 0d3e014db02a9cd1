import type { Queryable } from '@millrace/platform/postgres';
import type { WebhookDelivery, WebhookDeliveryDetails } from '../domain/webhook.ts';

const COLUMNS = `d.delivery_id as "deliveryId", coalesce(m.topic, '') as event, d.state,
  floor(extract(epoch from d.created_at) * 1000)::bigint as "createdMs",
  case when d.state = 1 then floor(extract(epoch from d.due_at) * 1000)::bigint end as "nextAttemptMs",
  d.attempt_count as "attemptCount", d.response_status as "responseStatus", d.error`;

export type DeliveryList = {
  readonly webhookId: string;
  /** 0: every one. */
  readonly state: number;
  readonly limit: number;
  readonly offset: number;
};

/** The newest first. */
export async function listDeliveries(db: Queryable, list: DeliveryList): Promise<WebhookDelivery[]> {
  const { rows } = await db.query<WebhookDelivery>({
    name: 'list_webhook_deliveries',
    text: `
      select ${COLUMNS}
      from registry.webhook_delivery d left join registry.webhook_message m on m.message_id = d.message_id
      where d.webhook_id = $1 and ($2 = 0 or d.state = $2)
      order by d.sequence desc limit $3 offset $4`,
    values: [list.webhookId, list.state, list.limit, list.offset],
  });
  return rows;
}

export async function findDelivery(
  db: Queryable,
  webhookId: string,
  deliveryId: string,
): Promise<WebhookDeliveryDetails | undefined> {
  const { rows } = await db.query<WebhookDeliveryDetails>({
    name: 'find_webhook_delivery',
    text: `
      select ${COLUMNS}, d.attempts, m.payload
      from registry.webhook_delivery d left join registry.webhook_message m on m.message_id = d.message_id
      where d.webhook_id = $1 and d.delivery_id = $2`,
    values: [webhookId, deliveryId],
  });
  return rows[0];
}

/** From the beginning of the schedule; one that is pending already becomes due at once. False when there is no such delivery. */
export async function redeliver(db: Queryable, webhookId: string, deliveryId: string): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'redeliver',
    text: `
      update registry.webhook_delivery set state = 1, tries = 0, due_at = now()
      where webhook_id = $1 and delivery_id = $2`,
    values: [webhookId, deliveryId],
  });
  return rowCount === 1;
}

export type Redelivery = {
  readonly webhookId: string;
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly states: readonly number[];
  readonly max: number;
};

/** How many, or undefined when there are more than `max`: then nothing happens. */
export async function redeliverBetween(db: Queryable, range: Redelivery): Promise<number | undefined> {
  const { rows } = await db.query<{ found: number; redelivered: number }>({
    name: 'redeliver_between',
    text: `
      with found as (
        select delivery_id from registry.webhook_delivery
        where webhook_id = $1 and state = any($4::smallint[])
          and created_at between to_timestamp($2::float8 / 1000) and to_timestamp($3::float8 / 1000)
        limit $5::int + 1),
      again as (
        update registry.webhook_delivery d set state = 1, tries = 0, due_at = now()
        where (select count(*) from found) <= $5 and d.delivery_id in (select delivery_id from found)
        returning d.delivery_id)
      select (select count(*) from found)::int as found, (select count(*) from again)::int as redelivered`,
    values: [range.webhookId, range.sinceMs, range.untilMs, range.states, range.max],
  });
  const [row] = rows;
  return row && row.found <= range.max ? row.redelivered : undefined;
}
