-- What the MLmodel file of a version says of it. It is read after the version was made, as lineage is asked for again where
-- tracking was away: nobody waits for either.
alter table model_version
  add column contents_pending boolean not null default false,
  add column mlmodel_sha256 text not null default '', -- of the file itself; empty: there is none, or it was not read yet
  add column flavors text not null default '', -- separated by commas
  add column signature text not null default '', -- {"inputs", "outputs", "params"} with JSON in each, as in the file
  add column model_size_bytes bigint, -- null: the file does not say
  add column looked_ms bigint not null default 0; -- when something could not be had the last time
create index model_version_undescribed on model_version (looked_ms, created_ms) where lineage_pending or contents_pending;
drop index model_version_lineage_pending;

-- Before version 18, PostgreSQL adds no column to a table whose row type a function takes.
drop function ledger_hash(stage_ledger);
alter table stage_ledger
  add column mlmodel_sha256 text not null default '',
  add column flavors text not null default '';

-- Entries without a file keep the hashes they have.
create function ledger_hash(e stage_ledger) returns bytea language sql immutable
  return sha256(e.previous_hash || convert_to((
    select string_agg(octet_length(convert_to(f.text, 'UTF8')) || ':' || f.text || ',', '' order by f.place)
    from unnest(array[e.model_id::text, e.position::text, e.kind::text, e.name, e.previous_name, coalesce(e.version::text, ''),
      e.from_stage, e.to_stage, e.at_ms::text, e.actor, e.comment, e.run_id, e.experiment_id, e.git_commit, e.logged_model_id,
      e.datasets, e.source] || case when e.mlmodel_sha256 = '' then '{}'::text[] else array[e.mlmodel_sha256, e.flavors] end)
      with ordinality as f (text, place)), 'UTF8'));
