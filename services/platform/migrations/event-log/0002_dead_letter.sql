-- Events that a consumer could not handle, however often it tried.
create table dead_letter (
  consumer text not null,
  topic text not null,
  position bigint not null,
  event jsonb not null,
  error text not null,
  attempts integer not null,
  first_failed_at timestamptz not null,
  died_at timestamptz not null default now(),
  primary key (consumer, topic, position)
);
