-- Uploads whose parts lie in the store until they are complete, so that what nobody completes can be found and freed:
-- object stores do not tell reliably which ones there are.
create table upload (
  upload_id uuid primary key,
  workspace_id text not null,
  actor text not null,
  path text not null,
  object_key text not null,
  store_id text, -- how the object store names it; null: not known yet, and never when we were killed in that moment
  by_client boolean not null, -- its parts come one by one from a client; else one request holds all of it
  secret bytea not null, -- signs the addresses to which its parts are sent
  state text not null default 'open' check (state in ('open', 'done')),
  touched_at timestamptz not null default now()
);
create index upload_by_time on upload (touched_at);
create index upload_by_key on upload (object_key);

-- The SHA-256 of what was uploaded; holds as long as the object has that tag.
create table digest (
  object_key text collate "C" primary key,
  etag text not null,
  sha256 bytea not null
);
