-- How often the broker has refused the event itself.
alter table outbox add column attempts smallint not null default 0;

-- Events that cannot be published, and those of the same key that come after them, until somebody decides.
create table outbox_dead (
  id bigint primary key, -- the place it had in the outbox, and gets back
  event_id uuid not null,
  type text not null,
  key text not null,
  subject text not null,
  workspace_id text not null,
  data jsonb not null,
  traceparent text,
  occurred_at timestamptz not null,
  attempts smallint not null,
  reason text, -- null: nothing is wrong with it, it waits behind one of its key
  died_at timestamptz not null default now()
);
create index outbox_dead_by_key on outbox_dead (key, id);
create unique index outbox_dead_by_event on outbox_dead (event_id);
