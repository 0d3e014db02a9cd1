-- Models are known by their name outside and by an id inside, so that a rename leaves tags and aliases alone.

-- Milliseconds; of the moment it is called, so that whoever has waited for a lock gets a time after the one it waited for.
create function now_ms() returns bigint language sql volatile
  return floor(extract(epoch from clock_timestamp()) * 1000)::bigint;

create table registered_model (
  workspace_id text not null,
  model_id bigint generated always as identity,
  name text collate "C" not null, -- names are ordered by code point
  description text not null,
  last_version integer not null default 0, -- the highest number given so far: deleted versions keep theirs
  created_ms bigint not null,
  updated_ms bigint not null,
  primary key (workspace_id, model_id)
) with (fillfactor = 80);
create unique index registered_model_by_name on registered_model (workspace_id, name);

create table registered_model_tag (
  workspace_id text not null,
  model_id bigint not null,
  key text collate "C" not null,
  value text not null,
  primary key (workspace_id, model_id, key),
  foreign key (workspace_id, model_id) references registered_model on delete cascade
);

create table model_version (
  workspace_id text not null,
  model_id bigint not null,
  version integer not null,
  stage text collate "C" not null default 'None',
  description text, -- null: none was ever given, or it was taken away
  source text not null,
  storage_location text, -- where a `models:/` source led when the version was made; null: the source says it itself
  run_id text not null,
  run_link text not null,
  created_ms bigint not null,
  updated_ms bigint not null,
  deleted_ms bigint, -- null: alive
  primary key (workspace_id, model_id, version),
  foreign key (workspace_id, model_id) references registered_model on delete cascade
) with (fillfactor = 80);
create index model_version_by_stage on model_version (workspace_id, model_id, stage, version) where deleted_ms is null;
create index model_version_by_update on model_version (workspace_id, updated_ms desc) where deleted_ms is null;
create index model_version_by_run on model_version (workspace_id, run_id) where deleted_ms is null;

create table model_version_tag (
  workspace_id text not null,
  model_id bigint not null,
  version integer not null,
  key text collate "C" not null,
  value text not null,
  primary key (workspace_id, model_id, version, key),
  foreign key (workspace_id, model_id, version) references model_version on delete cascade
);
-- searches leave out the models that hold prompts
create index model_version_tag_prompt on model_version_tag (workspace_id, model_id)
  where key = 'mlflow.prompt.is_prompt' and value = 'true';

create table model_alias (
  workspace_id text not null,
  model_id bigint not null,
  alias text collate "C" not null,
  version integer not null,
  primary key (workspace_id, model_id, alias),
  foreign key (workspace_id, model_id, version) references model_version on delete cascade
);
create index model_alias_by_version on model_alias (workspace_id, model_id, version);
