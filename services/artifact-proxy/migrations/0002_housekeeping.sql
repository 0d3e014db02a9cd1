-- Directories whose run, model or experiment is gone. A row leaves with the last of its files; those that a model version
-- stands on keep it here.
create table doomed (
  object_key text collate "C" primary key,
  workspace_id text not null,
  path text not null,
  addresses text[] not null, -- under which versions may have it as their source
  tries integer not null default 0,
  next_try timestamptz not null default now()
);
create index doomed_by_try on doomed (next_try);
