import type { Queryable } from '@millrace/platform/postgres';

export type Endpoint = {
  readonly webhookId: string;
  readonly workspace: string;
  readonly url: string;
  readonly secret: Buffer | null;
  /** null also when its time is over. */
  readonly previousSecret: Buffer | null;
  readonly headers: Buffer | null;
  readonly bodyTemplate: string | null;
  /** In a row. */
  readonly failures: number;
};

export type Claim = {
  readonly sender: string;
  readonly limit: number;
  /** How many of them may be such that did not answer last time. */
  readonly failing: number;
  readonly leaseMs: number;
};

const candidates = (failures: string, limit: string) => `
  select e.webhook_id from registry.webhook_endpoint e
    join registry.webhook w on w.webhook_id = e.webhook_id
  where w.active and w.deleted_ms is null and e.failures ${failures}
    and e.closed_until <= now() and e.leased_until <= now()
    and exists (select from registry.webhook_delivery d
      where d.webhook_id = e.webhook_id and d.state = 1 and d.due_at <= now())
  order by e.closed_until limit ${limit} for update of e skip locked`;

/** Takes receivers that have something to get: until the lease is over, nobody else sends to them. */
export async function claimEndpoints(db: Queryable, claim: Claim): Promise<Endpoint[]> {
  const { rows } = await db.query<Endpoint>({
    name: 'webhook_claim',
    text: `
      with healthy as (${candidates('= 0', '$2')}),
      failing as (${candidates('> 0', '$3')}),
      due as (select webhook_id from healthy union all select webhook_id from failing limit $2)
      update registry.webhook_endpoint e
      set sender = $1, leased_until = now() + $4 * interval '1 ms'
      from due join registry.webhook w on w.webhook_id = due.webhook_id
      where e.webhook_id = due.webhook_id
      returning w.webhook_id as "webhookId", w.workspace_id as workspace, w.url, w.secret, w.headers,
        case when w.previous_secret_until > now() then w.previous_secret end as "previousSecret",
        w.body_template as "bodyTemplate", e.failures`,
    values: [claim.sender, claim.limit, claim.failing, claim.leaseMs],
  });
  return rows;
}

/** In one order, so that two statements that want the same receivers do not wait for each other. */
const HELD = `
  select webhook_id from registry.webhook_endpoint
  where sender = $1 and webhook_id = any($2::uuid[]) order by webhook_id for update`;

/** What is no longer ours is left out of the answer. */
export async function renewLeases(
  db: Queryable,
  sender: string,
  webhookIds: readonly string[],
  leaseMs: number,
): Promise<string[]> {
  const { rows } = await db.query<{ webhook_id: string }>({
    name: 'webhook_renew',
    text: `
      with held as (${HELD})
      update registry.webhook_endpoint e set leased_until = now() + $3 * interval '1 ms'
      from held where e.webhook_id = held.webhook_id
      returning e.webhook_id`,
    values: [sender, webhookIds, leaseMs],
  });
  return rows.map((row) => row.webhook_id);
}

export type DueDelivery = {
  readonly deliveryId: string;
  readonly webhookId: string;
  readonly lane: string;
  readonly tries: number;
  /** Tried before its time, because one behind it in its lane is about to be sent. */
  readonly early: boolean;
  /** One object for all deliveries of the event. */
  readonly message: DueMessage;
};

export type DueMessage = {
  readonly messageId: string;
  readonly mlflow: boolean;
  readonly topic: string;
  readonly payload: string;
  readonly occurredAt: Date;
  readonly traceparent: string | null;
};

type DueRow = Omit<DueDelivery, 'message'> & { readonly messageId: string };

/**
 * The next deliveries of each webhook, in order, some 20 and 256 KiB of them. One that has failed holds up its lane until it is
 * due again, or has been set aside; one that was set aside goes first when its lane goes on.
 */
export async function dueDeliveries(
  db: Queryable,
  webhookIds: readonly string[],
  setAside: number,
): Promise<DueDelivery[]> {
  const { rows } = await db.query<DueRow>({
    name: 'webhook_due',
    text: `
      with next as (
        select d.*
        from unnest($1::uuid[]) as e (webhook_id) cross join lateral (
          select d.* from registry.webhook_delivery d
          where d.webhook_id = e.webhook_id and d.state = 1
            and (d.due_at <= now() or d.tries >= $2 and exists (
              select from registry.webhook_delivery later
              where later.webhook_id = d.webhook_id and later.lane = d.lane and later.state = 1
                and later.sequence > d.sequence and later.due_at <= now()))
            and not exists (
              select from registry.webhook_delivery earlier
              where earlier.webhook_id = d.webhook_id and earlier.lane = d.lane and earlier.state = 1
                and earlier.sequence < d.sequence and earlier.due_at > now() and earlier.tries < $2)
          order by d.sequence limit 20) as d),
      sized as (
        select n.*,
          sum(octet_length(m.payload)) over up_to_here as bytes, row_number() over up_to_here as place
        from next n join registry.webhook_message m on m.message_id = n.message_id
        window up_to_here as (partition by n.webhook_id order by n.sequence))
      select delivery_id as "deliveryId", webhook_id as "webhookId", lane::text, tries, due_at > now() as early,
        message_id as "messageId"
      from sized where bytes <= 262144 or place = 1
      order by sequence`,
    values: [webhookIds, setAside],
  });
  const messages = await dueMessages(db, new Set(rows.map(({ messageId }) => messageId)));
  return rows.flatMap(({ messageId, ...delivery }) => {
    const message = messages.get(messageId);
    return message ? [{ ...delivery, message }] : [];
  });
}

/** Each once, however many receivers get it. */
async function dueMessages(db: Queryable, ids: ReadonlySet<string>): Promise<Map<string, DueMessage>> {
  if (ids.size === 0) return new Map();
  const { rows } = await db.query<DueMessage>({
    name: 'webhook_due_messages',
    text: `
      select message_id as "messageId", mlflow, topic, payload, occurred_at as "occurredAt", traceparent
      from registry.webhook_message where message_id = any($1::uuid[])`,
    values: [[...ids]],
  });
  return new Map(rows.map((message) => [message.messageId, message]));
}

export type Outcome = {
  readonly deliveryId: string;
  readonly state: number;
  readonly tries: number;
  /** Until the next attempt; null leaves that as it is. */
  readonly delayMs: number | null;
  readonly status: number | null;
  readonly error: string | null;
  readonly body: string | null;
  readonly durationMs: number;
};

/** Does nothing to deliveries that are no longer pending. */
export async function recordOutcomes(db: Queryable, outcomes: readonly Outcome[]): Promise<void> {
  await db.query({
    name: 'webhook_record',
    text: `
      update registry.webhook_delivery d
      set state = o.state, tries = o.tries, attempt_count = d.attempt_count + 1,
        response_status = o.status, error = o.error,
        due_at = coalesce(now() + o.delay_ms * interval '1 ms', d.due_at),
        attempts = case when jsonb_array_length(d.attempts) >= 20 then d.attempts - 0 else d.attempts end
          || jsonb_build_object('at', registry.now_ms() - o.duration_ms, 'duration_ms', o.duration_ms,
            'status', o.status, 'body', o.body, 'error', o.error)
      from unnest($1::uuid[], $2::smallint[], $3::int[], $4::bigint[], $5::int[], $6::text[], $7::text[], $8::bigint[])
        as o (delivery_id, state, tries, delay_ms, status, error, body, duration_ms)
      where d.delivery_id = o.delivery_id and d.state = 1`,
    values: [
      outcomes.map(({ deliveryId }) => deliveryId),
      outcomes.map(({ state }) => state),
      outcomes.map(({ tries }) => tries),
      outcomes.map(({ delayMs }) => delayMs),
      outcomes.map(({ status }) => status),
      outcomes.map(({ error }) => error),
      outcomes.map(({ body }) => body),
      outcomes.map(({ durationMs }) => durationMs),
    ],
  });
}

export type Release = {
  readonly webhookId: string;
  readonly failures: number;
  /** For how long nothing is sent. */
  readonly closedMs: number;
  /** The receiver has answered again: what waited for its next attempt need not wait any longer. */
  readonly recovered: boolean;
};

/** Gives receivers back, with how they have been doing. */
export async function releaseEndpoints(db: Queryable, sender: string, releases: readonly Release[]): Promise<void> {
  await db.query({
    name: 'webhook_release',
    text: `
      with held as (${HELD}),
      released as (
        update registry.webhook_endpoint e
        set sender = null, leased_until = '-infinity', failures = r.failures,
          failing_since = case when r.failures > 0 then coalesce(e.failing_since, now()) end,
          closed_until = now() + r.closed_ms * interval '1 ms'
        from held join unnest($2::uuid[], $3::int[], $4::bigint[], $5::boolean[])
          as r (webhook_id, failures, closed_ms, recovered) on r.webhook_id = held.webhook_id
        where e.webhook_id = held.webhook_id
        returning e.webhook_id, r.recovered)
      update registry.webhook_delivery d set due_at = now()
      from released r
      where r.recovered and d.webhook_id = r.webhook_id and d.state = 1 and d.due_at > now()`,
    values: [
      sender,
      releases.map(({ webhookId }) => webhookId),
      releases.map(({ failures }) => failures),
      releases.map(({ closedMs }) => closedMs),
      releases.map(({ recovered }) => recovered),
    ],
  });
}
