import type { Queryable } from '@millrace/platform/postgres';

/** Puts runs with ten params, ten metrics and five tags each into the experiments, straight into the tables. */
export async function seedRuns(db: Queryable, runs: number, experiments: readonly number[]): Promise<void> {
  await db.query(`
    insert into tracking.metric_key (workspace_id, key)
    select 'default', case k when 0 then 'acc' else 'm' || k end from generate_series(0, 9) k`);
  await db.query(`create temporary table seeded (i bigint, id uuid, experiment bigint, start_ms bigint, acc float8)`);
  await db.query(
    `insert into seeded
     select i, (lpad(to_hex(1700000000000 + i), 12, '0') || '7000a' || substr(md5(i::text), 1, 15))::uuid,
       ($2::bigint[])[1 + i % cardinality($2::bigint[])], 1700000000000 + i, (i * 7919 % 10007) / 10007.0
     from generate_series(1, $1::bigint) i`,
    [runs, experiments],
  );
  await db.query(`
    insert into tracking.run (run_id, workspace_id, experiment_id, name, user_id, status, start_time_ms, artifact_uri)
    select id, 'default', experiment, 'run-' || i, 'ada', 3, start_ms, 'file:///' || i from seeded`);
  await db.query(`
    insert into tracking.param (run_id, key, workspace_id, experiment_id, recency, value)
    select id, case k when 0 then 'lr' else 'p' || k end, 'default', experiment, -start_ms,
      case k when 0 then (array['0.1', '0.01', '0.001', '0.0001'])[1 + i % 4] else (i * k % 1000)::text end
    from seeded, generate_series(0, 9) k`);
  await db.query(`
    insert into tracking.run_tag (run_id, key, workspace_id, experiment_id, recency, value)
    select id, 'team', 'default', experiment, -start_ms, 'team_' || i % 50 from seeded
    union all select id, 'mlflow.runName', 'default', experiment, -start_ms, 'run-' || i from seeded
    union all select id, t.key, 'default', experiment, -start_ms, 'x' from seeded, (values ('a'), ('b'), ('c')) t (key)`);
  await db.query(`
    insert into tracking.latest_metric
      (run_id, key_id, experiment_id, recency, step, timestamp_ms, value, workspace_id)
    select id, key_id, experiment, -start_ms, 0, start_ms, acc * (1 + key_id % 3), 'default' from seeded, tracking.metric_key`);
  // what autovacuum does a minute later
  await db.query('vacuum (analyze) tracking.run, tracking.param, tracking.run_tag, tracking.latest_metric');
}
