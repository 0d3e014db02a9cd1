import type { OutboxRow } from '@millrace/platform/outbox/event';
import { outboxBatch, outboxBatchValues } from '@millrace/platform/outbox/outbox';
import type { Queryable } from '@millrace/platform/postgres';

/** What webhooks may want to hear. */
export type Message = {
  /** Of an event of ours, its id. */
  readonly id: string;
  /** Whether `topic` is one of MLflow's events or one of ours. */
  readonly mlflow: boolean;
  /** null: of interest to nobody, unless the model holds a prompt. */
  readonly topic: string | null;
  /** What it is instead when the model holds a prompt. */
  readonly promptTopic: string | null;
  readonly model: string;
  /** A JSON object. To that of an event its time and sequence are added. */
  readonly payload: string;
};

export type Origin = {
  readonly workspace: string;
  /** Of the call, if it is part of a trace. */
  readonly traceparent?: string | undefined;
};

/**
 * Writes events to the outbox, and one delivery per message and webhook that wants it, in the transaction of the change, after all
 * that the change locks: both get their order from that. Answers how many deliveries there are.
 */
export async function announceAll(
  tx: Queryable,
  { workspace, traceparent }: Origin,
  events: readonly OutboxRow[],
  messages: readonly Message[],
): Promise<number> {
  if (messages.length === 0) return 0;
  const { rowCount } = await tx.query({
    name: 'announce_all',
    text: `
      with event as (${outboxBatch('registry', 8)}),
      news as (
        select n.id, n.mlflow, n.model, n.position,
          case when e.id is null then n.payload else left(n.payload, -1)
            || ',"time":"' || to_char(e.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
            || '","sequence":"' || lpad(e.id::text, 20, '0') || '"}' end as payload,
          case when n.prompt_topic is not null and exists (
            select from registry.registered_model m
              join registry.registered_model_tag t on t.workspace_id = m.workspace_id and t.model_id = m.model_id
            where m.workspace_id = $1 and m.name = n.model
              and t.key = 'mlflow.prompt.is_prompt' and lower(t.value) = 'true')
          then n.prompt_topic else n.topic end as told
        from unnest($2::uuid[], $3::boolean[], $4::text[], $5::text[], $6::text[], $7::text[])
          with ordinality as n (id, mlflow, topic, prompt_topic, model, payload, position)
          left join event e on e.event_id = n.id),
      wanted as (
        select n.*, w.webhook_id
        from news n
          join registry.webhook_topic s on s.workspace_id = $1 and s.mlflow = n.mlflow and s.topic = n.told
          join registry.webhook w on w.webhook_id = s.webhook_id
        where w.active and w.deleted_ms is null),
      message as (
        insert into registry.webhook_message (message_id, mlflow, topic, payload, occurred_at, traceparent)
        select distinct on (id) id, mlflow, told, payload, now(), $15 from wanted)
      insert into registry.webhook_delivery (webhook_id, message_id, lane)
      select webhook_id, id, hashtextextended($1 || '/' || model, 0) from wanted order by position`,
    values: [
      workspace,
      messages.map(({ id }) => id),
      messages.map(({ mlflow }) => mlflow),
      messages.map(({ topic }) => topic),
      messages.map(({ promptTopic }) => promptTopic),
      messages.map(({ model }) => model),
      messages.map(({ payload }) => payload),
      ...outboxBatchValues(events),
      traceparent ?? null,
    ],
  });
  return rowCount ?? 0;
}
