import type { Queryable } from '@millrace/platform/postgres';
import type { MlflowEvent, Webhook } from '../domain/webhook.ts';

export type NewWebhook = {
  readonly webhookId: string;
  readonly name: string;
  readonly description: string;
  readonly url: string;
  readonly events: readonly MlflowEvent[];
  readonly eventTypes: readonly string[];
  readonly active: boolean;
  /** Sealed, like the headers. */
  readonly secret: Buffer | null;
  readonly headers: Buffer | null;
  readonly headerNames: readonly string[];
  readonly bodyTemplate: string | null;
};

const COLUMNS = `w.webhook_id as "webhookId", w.name, w.description, w.url, w.active, w.disabled_reason as "disabledReason",
  w.body_template as "bodyTemplate", w.header_names as "headerNames", w.created_ms as "createdMs", w.updated_ms as "updatedMs",
  (select floor(extract(epoch from w.previous_secret_until) * 1000)::bigint where w.previous_secret_until > now())
    as "previousSecretUntilMs",
  coalesce((select json_agg(json_build_object('entity', split_part(t.topic, '.', 1), 'action', split_part(t.topic, '.', 2))
      order by split_part(t.topic, '.', 1), split_part(t.topic, '.', 2))
    from registry.webhook_topic t where t.webhook_id = w.webhook_id and t.mlflow), '[]') as events,
  coalesce((select json_agg(t.topic order by t.topic)
    from registry.webhook_topic t where t.webhook_id = w.webhook_id and not t.mlflow), '[]') as "eventTypes"`;

const topicsOf = ({ events, eventTypes }: Pick<NewWebhook, 'events' | 'eventTypes'>) => [
  events.map(({ entity, action }) => `${entity}.${action}`),
  eventTypes,
];

/** Undefined when the workspace has as many as it may. */
export async function insertWebhook(
  db: Queryable,
  workspace: string,
  max: number,
  webhook: NewWebhook,
): Promise<Webhook | undefined> {
  const { rowCount } = await db.query({
    name: 'insert_webhook',
    text: `
      with w as (
        insert into registry.webhook (workspace_id, webhook_id, name, description, url, active, secret, headers, header_names,
          body_template, created_ms, updated_ms)
        select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now.ms, now.ms from registry.now_ms() as now (ms)
        where (select count(*) from registry.webhook where workspace_id = $1 and deleted_ms is null) < $13
        returning workspace_id, webhook_id),
      endpoint as (insert into registry.webhook_endpoint (webhook_id) select webhook_id from w)
      insert into registry.webhook_topic (workspace_id, mlflow, topic, webhook_id)
      select w.workspace_id, t.mlflow, t.topic, w.webhook_id
      from w, (select true, unnest($11::text[]) union all select false, unnest($12::text[])) as t (mlflow, topic)`,
    values: [
      workspace,
      webhook.webhookId,
      webhook.name,
      webhook.description,
      webhook.url,
      webhook.active,
      webhook.secret,
      webhook.headers,
      webhook.headerNames,
      webhook.bodyTemplate,
      ...topicsOf(webhook),
      max,
    ],
  });
  return rowCount ? findWebhook(db, workspace, webhook.webhookId) : undefined;
}

export async function findWebhook(db: Queryable, workspace: string, webhookId: string): Promise<Webhook | undefined> {
  const { rows } = await db.query<Webhook>({
    name: 'find_webhook',
    text: `
      select ${COLUMNS} from registry.webhook w
      where w.workspace_id = $1 and w.webhook_id = $2 and w.deleted_ms is null`,
    values: [workspace, webhookId],
  });
  return rows[0];
}

export type List = { readonly all: boolean; readonly limit: number; readonly offset: number };

/** The newest first; without `all`, those that want events of MLflow's. */
export async function listWebhooks(db: Queryable, workspace: string, { all, limit, offset }: List): Promise<Webhook[]> {
  const { rows } = await db.query<Webhook>({
    name: 'list_webhooks',
    text: `
      select ${COLUMNS} from registry.webhook w
      where w.workspace_id = $1 and w.deleted_ms is null
        and ($2 or exists (select from registry.webhook_topic t where t.webhook_id = w.webhook_id and t.mlflow))
      order by w.number desc limit $3 offset $4`,
    values: [workspace, all, limit, offset],
  });
  return rows;
}

/** Held until the transaction ends. */
export async function lockWebhook(
  tx: Queryable,
  workspace: string,
  webhookId: string,
): Promise<{ readonly headers: Buffer | null } | undefined> {
  const { rows } = await tx.query<{ headers: Buffer | null }>({
    name: 'lock_webhook',
    text: `
      select headers from registry.webhook
      where workspace_id = $1 and webhook_id = $2 and deleted_ms is null for update`,
    values: [workspace, webhookId],
  });
  return rows[0];
}

/** Empty and undefined: as it was. An empty template goes. */
export type WebhookUpdate = Omit<NewWebhook, 'active' | 'description' | 'bodyTemplate' | 'headers' | 'headerNames'> & {
  readonly active: boolean | undefined;
  readonly description: string | undefined;
  readonly bodyTemplate: string | undefined;
  readonly headers?: Buffer | null;
  readonly headerNames?: readonly string[];
  readonly overlapSeconds: number;
};

/** One that is made active again gets a receiver without a past. Its time of change always grows. */
export async function updateWebhook(tx: Queryable, workspace: string, change: WebhookUpdate): Promise<void> {
  const { webhookId, headers, headerNames, active } = change;
  await tx.query({
    name: 'update_webhook',
    text: `
      update registry.webhook
      set name = coalesce(nullif($3, ''), name), description = coalesce($4, description),
        url = coalesce(nullif($5, ''), url), active = coalesce($6, active),
        disabled_reason = case when $6 is null then disabled_reason end,
        previous_secret = case when $7::bytea is null then previous_secret else secret end,
        previous_secret_until = case when $7::bytea is null then previous_secret_until else now() + $8 * interval '1 s' end,
        secret = coalesce($7, secret),
        headers = case when $9::text[] is null then headers else $10::bytea end, header_names = coalesce($9, header_names),
        body_template = case when $11::text is null then body_template else nullif($11, '') end,
        updated_ms = greatest(updated_ms + 1, registry.now_ms())
      where workspace_id = $1 and webhook_id = $2`,
    values: [
      workspace,
      webhookId,
      change.name,
      change.description,
      change.url,
      active,
      change.secret,
      change.overlapSeconds,
      headerNames,
      headers,
      change.bodyTemplate,
    ],
  });
  await replaceTopics(tx, workspace, change);
  if (active) await forgiveReceiver(tx, webhookId);
}

/** Each kind of topics is replaced where there are new ones. */
async function replaceTopics(tx: Queryable, workspace: string, change: WebhookUpdate): Promise<void> {
  await tx.query({
    name: 'replace_webhook_topics',
    text: `
      with wanted as (select true as mlflow, unnest($3::text[]) as topic union all select false, unnest($4::text[])),
      gone as (
        delete from registry.webhook_topic t
        where t.webhook_id = $2 and t.mlflow in (select mlflow from wanted)
          and (t.mlflow, t.topic) not in (select mlflow, topic from wanted))
      insert into registry.webhook_topic (workspace_id, mlflow, topic, webhook_id)
      select $1, mlflow, topic, $2 from wanted on conflict do nothing`,
    values: [workspace, change.webhookId, ...topicsOf(change)],
  });
}

async function forgiveReceiver(tx: Queryable, webhookId: string): Promise<void> {
  await tx.query({
    name: 'forgive_webhook_receiver',
    text: `
      update registry.webhook_endpoint set failures = 0, failing_since = null, closed_until = '-infinity'
      where webhook_id = $1`,
    values: [webhookId],
  });
}

/** Its secrets are forgotten at once. False when there is no such webhook. */
export async function deleteWebhook(db: Queryable, workspace: string, webhookId: string): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'delete_webhook',
    text: `
      update registry.webhook
      set deleted_ms = registry.now_ms(), active = false, secret = null, previous_secret = null, headers = null
      where workspace_id = $1 and webhook_id = $2 and deleted_ms is null`,
    values: [workspace, webhookId],
  });
  return rowCount === 1;
}

export type SealedWebhook = {
  readonly webhookId: string;
  readonly workspace: string;
  readonly url: string;
  readonly secret: Buffer | null;
  readonly previousSecret: Buffer | null;
  readonly headers: Buffer | null;
  readonly bodyTemplate: string | null;
};

/** What a message to the receiver is made with. */
export async function findSealedWebhook(
  db: Queryable,
  workspace: string,
  webhookId: string,
): Promise<SealedWebhook | undefined> {
  const { rows } = await db.query<SealedWebhook>({
    name: 'find_sealed_webhook',
    text: `
      select webhook_id as "webhookId", workspace_id as workspace, url, secret, headers, body_template as "bodyTemplate",
        case when previous_secret_until > now() then previous_secret end as "previousSecret"
      from registry.webhook where workspace_id = $1 and webhook_id = $2 and deleted_ms is null`,
    values: [workspace, webhookId],
  });
  return rows[0];
}
