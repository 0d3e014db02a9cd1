create index run_deleted on run (deleted_ms) where deleted_ms is not null;

-- Runs that are gone for good but whose points, of which there may be millions, are still being deleted.
create table purged_run (
  run_id uuid primary key,
  workspace_id text not null
);
