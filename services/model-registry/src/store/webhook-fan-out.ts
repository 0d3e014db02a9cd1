import type { Queryable } from '@millrace/platform/postgres';

export type Message = {
  readonly id: string;
  /** Whether `topic` is one of MLflow's events or one of ours. */
  readonly mlflow: boolean;
  /** null: of interest to nobody, unless the model holds a prompt. */
  readonly topic: string | null;
  /** What it is instead when the model holds a prompt. */
  readonly promptTopic: string | null;
  readonly model: string;
  readonly payload: string;
};

/**
 * Writes one delivery per message and webhook that wants it, in the transaction of the change, after all that the change locks:
 * deliveries of one model get their order from that. Answers how many there are.
 */
export async function fanOut(tx: Queryable, workspace: string, messages: readonly Message[]): Promise<number> {
  if (messages.length === 0) return 0;
  const { rowCount } = await tx.query({
    name: 'webhook_fan_out',
    text: `
      with news as (
        select n.*, case when n.prompt_topic is not null and exists (
            select from registry.registered_model m
              join registry.registered_model_tag t on t.workspace_id = m.workspace_id and t.model_id = m.model_id
            where m.workspace_id = $1 and m.name = n.model
              and t.key = 'mlflow.prompt.is_prompt' and lower(t.value) = 'true')
          then n.prompt_topic else n.topic end as told
        from unnest($2::uuid[], $3::boolean[], $4::text[], $5::text[], $6::text[], $7::text[])
          with ordinality as n (id, mlflow, topic, prompt_topic, model, payload, position)),
      wanted as (
        select n.*, w.webhook_id
        from news n
          join registry.webhook_topic s on s.workspace_id = $1 and s.mlflow = n.mlflow and s.topic = n.told
          join registry.webhook w on w.webhook_id = s.webhook_id
        where w.active and w.deleted_ms is null),
      message as (
        insert into registry.webhook_message (message_id, mlflow, topic, payload, occurred_at)
        select distinct on (id) id, mlflow, told, payload, now() from wanted)
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
    ],
  });
  return rowCount ?? 0;
}
