import { POINT, type Schema, seededRuns } from './schema.ts';

const SEEDED = seededRuns('hash');

/** Of MLflow 3.17; its server must have made the tables. */
export const mlflowSchema: Schema = {
  server: 'MLflow',
  landmark: 'latest_metrics',
  insertExperiments: `
    insert into experiments (name, workspace, artifact_location, lifecycle_stage, creation_time, last_update_time)
    select name, 'default', 'mlflow-artifacts:/bench', 'active', 1700000000000, 1700000000000
    from unnest($1::text[]) as name
    on conflict do nothing`,
  findExperiments: `
    select experiment_id as id
    from unnest($1::text[]) with ordinality as wanted (name, position)
    join experiments using (name)
    where workspace = 'default' order by position`,
  tagExperiment: `
    insert into experiment_tags (experiment_id, key, value) values ($1, $2, $3)
    on conflict (key, experiment_id) do update set value = excluded.value`,
  countRuns: 'select count(*) as count from runs where experiment_id = any($1::bigint[])',
  insertRuns: [
    `${SEEDED} insert into runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time,
        end_time, source_version, lifecycle_stage, artifact_uri, experiment_id)
      select id, 'run-' || i, 'UNKNOWN', '', '', 'bench', 'FINISHED', start_ms, start_ms + 500, '', 'active',
        'mlflow-artifacts:/bench/' || id || '/artifacts', experiment_id
      from seeded`,
    `${SEEDED} insert into params (run_uuid, key, value) select id, key, value from param`,
    `${SEEDED} insert into tags (run_uuid, key, value) select id, key, value from tag`,
    `${SEEDED} insert into metrics (run_uuid, key, value, timestamp, step, is_nan)
      select id, key, value, start_ms, 0, false from metric`,
    `${SEEDED} insert into latest_metrics (run_uuid, key, value, timestamp, step, is_nan)
      select id, key, value, start_ms, 0, false from metric`,
  ],
  insertRun: `
    with added as (
      insert into runs (run_uuid, experiment_id, name, source_type, source_name, entry_point_name, user_id, status,
        start_time, source_version, lifecycle_stage, artifact_uri)
      values ($1, $2, $3, 'UNKNOWN', '', '', 'bench', 'RUNNING', 1700000000000, '', 'active',
        'mlflow-artifacts:/bench/history/artifacts')
      on conflict do nothing returning run_uuid, name)
    insert into tags (run_uuid, key, value) select run_uuid, 'mlflow.runName', name from added`,
  countPoints: 'select count(*) as count from metrics where run_uuid = $1 and key = $2',
  insertPoints: [
    `insert into metrics (run_uuid, key, timestamp, step, value, is_nan)
      select $1::text, $2::text, ${POINT}, false from generate_series($3::bigint, $4::bigint) as s`,
    `insert into latest_metrics (run_uuid, key, timestamp, step, value, is_nan)
      select $1::text, $2::text, ${POINT}, false from generate_series(greatest($3::bigint, $4), $4) as s
      on conflict (key, run_uuid) do update set
        timestamp = excluded.timestamp, step = excluded.step, value = excluded.value`,
  ],
};
