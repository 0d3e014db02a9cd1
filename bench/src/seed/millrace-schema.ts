import { POINT, type Schema, seededRuns } from './schema.ts';

/** A UUID of version 7, which begins with the time. */
const SEEDED = seededRuns(`lpad(to_hex(start_ms), 12, '0') || '7' || left(hash, 3) || 'a' || right(hash, 15)`);

export const millraceSchema: Schema = {
  server: 'Millrace',
  landmark: 'tracking.latest_metric',
  insertExperiments: `
    insert into tracking.experiment (workspace_id, name, artifact_location, created_ms, updated_ms)
    select 'default', name, 'mlflow-artifacts:/bench', 1700000000000, 1700000000000
    from unnest($1::text[]) as name
    on conflict do nothing`,
  findExperiments: `
    select experiment_id as id
    from unnest($1::text[]) with ordinality as wanted (name, position)
    join tracking.experiment using (name)
    where workspace_id = 'default' order by position`,
  tagExperiment: `
    insert into tracking.experiment_tag (workspace_id, experiment_id, key, value)
    values ('default', $1, $2, $3)
    on conflict (workspace_id, experiment_id, key) do update set value = excluded.value`,
  countRuns: 'select count(*) as count from tracking.run where experiment_id = any($1::bigint[])',
  insertRuns: [
    `${SEEDED} insert into tracking.metric_key (workspace_id, key)
      select distinct 'default', key from metric order by 2 on conflict do nothing`,
    `${SEEDED} insert into tracking.run (run_id, workspace_id, experiment_id, name, user_id, status, start_time_ms,
        end_time_ms, artifact_uri)
      select id::uuid, 'default', experiment_id, 'run-' || i, 'bench', 3, start_ms, start_ms + 500,
        'mlflow-artifacts:/bench/' || id || '/artifacts'
      from seeded`,
    `${SEEDED} insert into tracking.param (run_id, key, workspace_id, experiment_id, recency, value)
      select id::uuid, key, 'default', experiment_id, -start_ms, value from param`,
    `${SEEDED} insert into tracking.run_tag (run_id, key, workspace_id, experiment_id, recency, value)
      select id::uuid, key, 'default', experiment_id, -start_ms, value from tag`,
    `${SEEDED} insert into tracking.metric (run_id, key_id, timestamp_ms, step, value, workspace_id)
      select id::uuid, key_id, start_ms, 0, value, 'default'
      from metric join tracking.metric_key using (key) where workspace_id = 'default'`,
    `${SEEDED} insert into tracking.latest_metric (run_id, key_id, experiment_id, step, timestamp_ms, value, workspace_id, recency)
      select id::uuid, key_id, experiment_id, 0, start_ms, value, 'default', -start_ms
      from metric join tracking.metric_key using (key) where workspace_id = 'default'`,
  ],
  insertRun: `
    with added as (
      insert into tracking.run (run_id, workspace_id, experiment_id, name, user_id, status, start_time_ms, artifact_uri)
      values ($1::uuid, 'default', $2, $3, 'bench', 1, 1700000000000, 'mlflow-artifacts:/bench/history/artifacts')
      on conflict do nothing returning run_id, workspace_id, experiment_id, name, recency)
    insert into tracking.run_tag (run_id, key, workspace_id, experiment_id, value, recency)
    select run_id, 'mlflow.runName', workspace_id, experiment_id, name, recency from added`,
  countPoints: `
    select count(*) as count from tracking.metric join tracking.metric_key using (workspace_id, key_id)
    where run_id = $1::uuid and key = $2`,
  insertPoints: [
    `with given as (select $1::uuid, $2::text as key, $3::bigint, $4::bigint)
      insert into tracking.metric_key (workspace_id, key) select 'default', key from given on conflict do nothing`,
    `insert into tracking.metric (run_id, key_id, timestamp_ms, step, value, workspace_id)
      select $1::uuid, key_id, ${POINT}, 'default'
      from tracking.metric_key, generate_series($3::bigint, $4::bigint) as s
      where workspace_id = 'default' and key = $2`,
    `insert into tracking.latest_metric (run_id, key_id, experiment_id, timestamp_ms, step, value, workspace_id, recency)
      select run_id, key_id, experiment_id, ${POINT}, 'default', recency
      from tracking.run join tracking.metric_key using (workspace_id),
        generate_series(greatest($3::bigint, $4), $4) as s
      where run_id = $1::uuid and key = $2
      on conflict (run_id, key_id) do update set
        timestamp_ms = excluded.timestamp_ms, step = excluded.step, value = excluded.value`,
  ],
};
