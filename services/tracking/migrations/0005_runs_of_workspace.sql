-- The latest runs of many experiments at once: to look into each of thousands would take longer than to pass over others' runs.
create index run_by_workspace on run (workspace_id, recency, run_id) include (deleted_ms);
