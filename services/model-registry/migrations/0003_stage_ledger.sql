-- What a version came from, as the tracking service told it.
alter table model_version
  add column logged_model_id text not null default '',
  add column experiment_id text not null default '',
  add column git_commit text not null default '',
  add column datasets text not null default '', -- name@digest of each, separated by commas
  add column lineage_pending boolean not null default false; -- tracking could not be asked when the version was made
create index model_version_lineage_pending on model_version (workspace_id, model_id, version) where lineage_pending;

-- Who moved which version from where to where, when and why. Rows outlive the model, and are never changed: every model's entries
-- are numbered without a gap and chained by their hashes, so that it shows when somebody has got around the triggers.
create table stage_ledger (
  entry_id bigint generated always as identity primary key,
  workspace_id text not null,
  model_id bigint not null, -- never given twice
  position integer not null,
  kind smallint not null, -- registry.v1.TransitionKind
  name text collate "C" not null,
  previous_name text not null default '',
  version integer, -- null: the entry is about the whole model
  from_stage text collate "C" not null default '',
  to_stage text collate "C" not null default '',
  restores integer, -- of a rollback: the position at which the version had got the stage
  at_ms bigint not null,
  actor text not null,
  comment text not null default '',
  run_id text not null default '',
  experiment_id text not null default '',
  git_commit text not null default '',
  logged_model_id text not null default '',
  datasets text not null default '',
  source text not null default '',
  previous_hash bytea not null,
  hash bytea not null,
  unique (workspace_id, model_id, position)
);
create index stage_ledger_by_version on stage_ledger (workspace_id, model_id, version, position desc);
create index stage_ledger_by_holder on stage_ledger (workspace_id, model_id, to_stage, position desc) where kind in (2, 3, 7);
create index stage_ledger_by_name on stage_ledger (workspace_id, name, at_ms);
create index stage_ledger_by_previous_name on stage_ledger (workspace_id, previous_name, at_ms) where kind = 5;

create function ledger_hash(e stage_ledger) returns bytea language sql immutable
  return sha256(e.previous_hash || convert_to((
    select string_agg(octet_length(convert_to(f.text, 'UTF8')) || ':' || f.text || ',', '' order by f.place)
    from unnest(array[e.model_id::text, e.position::text, e.kind::text, e.name, e.previous_name, coalesce(e.version::text, ''),
      e.from_stage, e.to_stage, e.at_ms::text, e.actor, e.comment, e.run_id, e.experiment_id, e.git_commit, e.logged_model_id,
      e.datasets, e.source]) with ordinality as f (text, place)), 'UTF8'));

-- Whoever writes an entry holds the lock of the model's row; without it, the second writer fails on the position.
create function chain_ledger_entry() returns trigger language plpgsql set search_path from current as $$
declare
  last_position integer;
  last_hash bytea;
  last_ms bigint;
begin
  select l.position, l.hash, l.at_ms into last_position, last_hash, last_ms from stage_ledger l
  where l.workspace_id = new.workspace_id and l.model_id = new.model_id
  order by l.position desc limit 1;
  new.position := coalesce(last_position, 0) + 1;
  new.at_ms := greatest(new.at_ms, coalesce(last_ms, new.at_ms));
  new.previous_hash := coalesce(last_hash, decode(repeat('00', 32), 'hex'));
  new.hash := ledger_hash(new);
  return new;
end $$;
create trigger stage_ledger_chain before insert on stage_ledger for each row execute function chain_ledger_entry();

create function refuse_ledger_change() returns trigger language plpgsql as $$
begin
  raise exception 'the stage ledger is append-only' using errcode = 'restrict_violation';
end $$;
create trigger stage_ledger_keep before update or delete on stage_ledger for each row execute function refuse_ledger_change();
create trigger stage_ledger_keep_all before truncate on stage_ledger execute function refuse_ledger_change();

-- Versions that are older than the ledger, in the stage in which it found them.
insert into stage_ledger (workspace_id, model_id, position, kind, name, version, to_stage, at_ms, actor, run_id, source,
  previous_hash, hash)
select v.workspace_id, v.model_id, 0, 7, m.name, v.version, v.stage, v.updated_ms, '', v.run_id, v.source, '', ''
from model_version v join registered_model m using (workspace_id, model_id)
where v.deleted_ms is null
order by v.model_id, v.updated_ms, v.version;
