-- Stands in for Kafka where there is no broker: published events by topic, and how far each group of consumers has come.
create table event_log (
  position bigint generated always as identity primary key,
  topic text not null,
  key text not null,
  event jsonb not null,
  published_at timestamptz not null default now()
);
create index event_log_by_topic on event_log (topic, position);
create index event_log_by_age on event_log using brin (published_at);

create table consumer_offset (
  consumer text not null,
  topic text not null,
  position bigint not null,
  primary key (consumer, topic)
);
