create table webhook (
  workspace_id text not null,
  webhook_id uuid primary key,
  number bigint generated always as identity, -- the order of creation
  name text not null,
  description text not null,
  url text not null,
  active boolean not null,
  disabled_reason text, -- null: a person did it
  secret bytea, -- sealed, as are the next two; null: deliveries are not signed
  previous_secret bytea, -- signs too until its time is over
  previous_secret_until timestamptz,
  headers bytea, -- a JSON object
  header_names text[] not null,
  body_template text,
  created_ms bigint not null,
  updated_ms bigint not null,
  deleted_ms bigint -- null: alive
);
create index webhook_by_number on webhook (workspace_id, number desc) where deleted_ms is null;

-- What a webhook wants to hear of: `entity.action` of MLflow's events, the type of ours. Some names are in both worlds.
create table webhook_topic (
  workspace_id text not null,
  mlflow boolean not null,
  topic text collate "C" not null,
  webhook_id uuid not null references webhook on delete cascade,
  primary key (workspace_id, mlflow, topic, webhook_id)
);
create index webhook_topic_by_webhook on webhook_topic (webhook_id);

-- How its receiver is doing, and which process is sending to it: one at a time, for the sake of order.
create table webhook_endpoint (
  webhook_id uuid primary key references webhook on delete cascade,
  failures integer not null default 0, -- in a row
  failing_since timestamptz,
  closed_until timestamptz not null default '-infinity', -- nothing is sent before
  sender uuid,
  leased_until timestamptz not null default '-infinity'
) with (fillfactor = 50);

-- The event as it happened, once for all webhooks that get it.
create table webhook_message (
  message_id uuid primary key,
  mlflow boolean not null,
  topic text not null,
  payload text not null, -- of MLflow's events the `data`, of ours the CloudEvent
  occurred_at timestamptz not null
);
create index webhook_message_by_age on webhook_message using brin (occurred_at);

create table webhook_delivery (
  delivery_id uuid primary key default gen_random_uuid(),
  sequence bigint generated always as identity,
  webhook_id uuid not null, -- no foreign key: every change would lock the webhook's row
  message_id uuid not null,
  lane bigint not null, -- deliveries of one lane stay in order: the hash of the event's key
  state smallint not null default 1, -- registry.v1.WebhookDelivery.Status
  tries integer not null default 0, -- failures in the schedule; attempts ahead of it do not count
  due_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  attempt_count integer not null default 0,
  response_status integer,
  error text,
  attempts jsonb not null default '[]'
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
create index webhook_delivery_pending on webhook_delivery (webhook_id, sequence) where state = 1;
create index webhook_delivery_lane on webhook_delivery (webhook_id, lane, sequence) where state = 1;
create index webhook_delivery_log on webhook_delivery (webhook_id, sequence desc);
create index webhook_delivery_by_age on webhook_delivery using brin (created_at);
create index webhook_delivery_by_message on webhook_delivery (message_id);
