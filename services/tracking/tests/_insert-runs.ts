import type { Queryable } from '@millrace/platform/postgres';
import type { SeenRun } from './_seen-runs.ts';

const STATUSES = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'];

/** Writes runs straight into the tables, each into the experiment `experiments` has for it. Gives the numbers of metric keys. */
export async function insertRuns(
  db: Queryable,
  runs: readonly SeenRun[],
  experiments: readonly number[],
): Promise<Map<string, number>> {
  const rows = runs.map((run) => ({ ...run, experiment: experiments[run.experiment] }));
  const keys = [...new Set(runs.flatMap(({ metrics }) => Object.keys(metrics)))];
  const { rows: known } = await db.query<{ key: string; key_id: number }>(
    `insert into tracking.metric_key (workspace_id, key) select 'default', unnest($1::text[])
     on conflict (workspace_id, key) do update set key = excluded.key returning key, key_id`,
    [keys],
  );
  const keyIds = new Map(known.map(({ key, key_id }) => [key, key_id]));
  await db.query(
    `insert into tracking.run (run_id, workspace_id, experiment_id, name, user_id, status, start_time_ms, end_time_ms,
       artifact_uri, deleted_ms)
     select id, 'default', experiment, name, "user", status, "startMs", "endMs", 'file:///' || replace(id::text, '-', ''), gone
     from json_to_recordset($1) as r (id uuid, experiment bigint, name text, "user" text, status smallint, "startMs" bigint,
       "endMs" bigint, gone bigint)`,
    [
      JSON.stringify(
        rows.map((run) => ({ ...run, status: STATUSES.indexOf(run.status) + 1, gone: run.deleted ? 1 : null })),
      ),
    ],
  );
  const logged = (values: (run: SeenRun) => object) =>
    JSON.stringify(
      rows.flatMap((run) =>
        Object.entries(values(run as SeenRun)).map(([key, value]) => ({
          id: run.id,
          experiment: run.experiment,
          key,
          key_id: keyIds.get(key),
          recency: -run.startMs,
          value: String(value),
        })),
      ),
    );
  const columns = 'r (id uuid, experiment bigint, key text, key_id integer, recency bigint, value text)';
  await db.query(
    `insert into tracking.latest_metric (run_id, key_id, experiment_id, step, timestamp_ms, value, workspace_id,
       recency)
     select id, key_id, experiment, 0, 0, value::float8, 'default', recency from json_to_recordset($1) as ${columns}`,
    [logged(({ metrics }) => metrics)],
  );
  for (const [table, values] of [
    ['param', logged(({ params }) => params)],
    ['run_tag', logged(({ tags, name }) => ({ ...tags, 'mlflow.runName': name }))],
  ]) {
    await db.query(
      `insert into tracking.${table} (run_id, key, workspace_id, experiment_id, value, recency)
       select id, key, 'default', experiment, value, recency from json_to_recordset($1) as ${columns}`,
      [values],
    );
  }
  await insertDatasets(db, rows as SeenRun[]);
  return keyIds;
}

async function insertDatasets(db: Queryable, runs: readonly SeenRun[]): Promise<void> {
  const used = runs.flatMap(({ id, experiment, datasets }) =>
    datasets.map((dataset) => ({ id, experiment, ...dataset })),
  );
  const columns = 'r (id uuid, experiment bigint, name text, digest text, context text)';
  await db.query(
    `insert into tracking.dataset (workspace_id, experiment_id, name, digest, source_type, source)
     select distinct 'default', experiment, name, digest, 'local', 'here' from json_to_recordset($1) as ${columns}`,
    [JSON.stringify(used)],
  );
  await db.query(
    `insert into tracking.run_dataset_input (run_id, dataset_id, workspace_id, context, tags)
     select r.id, d.dataset_id, 'default', r.context, '[]' from json_to_recordset($1) as ${columns}
     join tracking.dataset d on d.experiment_id = r.experiment and d.name = r.name and d.digest = r.digest
     on conflict do nothing`,
    [JSON.stringify(used)],
  );
}
