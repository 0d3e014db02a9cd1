-- Events wait here, in the transaction of the change they announce, until the relay has published them.
create table outbox (
  id bigint generated always as identity primary key,
  event_id uuid not null,
  type text not null,
  key text not null,
  subject text not null,
  workspace_id text not null,
  data jsonb not null,
  traceparent text,
  occurred_at timestamptz not null default now()
) with (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);

-- Ids of events that a consumer of this service has already acted on.
create table inbox (
  consumer text not null,
  event_id uuid not null,
  received_at timestamptz not null default now(),
  primary key (consumer, event_id)
);
create index inbox_by_age on inbox (received_at);
