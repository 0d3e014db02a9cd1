import type { CloudEvent } from '@millrace/platform/events/cloud-event';
import pg from 'pg';

type Json = Readonly<Record<string, unknown>>;

/** Makes a running Millrace do, once each, everything that it has an event for, and gives the events. */
export async function causeEveryEvent(url: string, databaseUrl: string): Promise<readonly CloudEvent[]> {
  const call = async (method: string, path: string, body: Json) => {
    const init = { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const response = await fetch(`${url}/api/2.0/mlflow/${path}`, init);
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return (await response.json()) as Record<string, Json>;
  };
  const post = (path: string, body: Json) => call('POST', path, body);
  const runId = await tracking(post);
  await artifacts(url, runId);
  await registry(call, runId);
  await purge(post, databaseUrl);
  return published(databaseUrl);
}

type Post = (path: string, body: Json) => Promise<Record<string, unknown>>;
type Call = (method: string, path: string, body: Json) => Promise<Record<string, unknown>>;

async function tracking(post: Post): Promise<string> {
  const { experiment_id } = await post('experiments/create', { name: 'churn' });
  await post('experiments/update', { experiment_id, new_name: 'churn-2026' });
  const newRun = async () => {
    const tags = [{ key: 'mlflow.source.git.commit', value: '5f2b6c1d' }];
    const { run } = await post('runs/create', {
      experiment_id,
      run_name: 'nightly',
      user_id: 'ada',
      start_time: 1,
      tags,
    });
    return (run as { info: { run_id: string } }).info.run_id;
  };
  for (const status of ['FINISHED', 'FAILED', 'KILLED']) {
    await post('runs/update', { run_id: await newRun(), status, end_time: 2 });
  }
  const run_id = await newRun();
  await post('runs/log-inputs', {
    run_id,
    datasets: [{ dataset: { name: 'customers', digest: '8a1c', source_type: 's3', source: 's3://data' } }],
  });
  await post('runs/delete', { run_id });
  await post('runs/restore', { run_id });
  await post('experiments/delete', { experiment_id });
  await post('experiments/restore', { experiment_id });
  return run_id;
}

async function artifacts(url: string, runId: string): Promise<void> {
  const file = `${url}/api/2.0/mlflow-artifacts/artifacts/1/${runId}/artifacts/model/MLmodel`;
  await fetch(file, { method: 'PUT', body: 'flavors: {}' });
  await fetch(file, { method: 'DELETE' });
}

async function registry(call: Call, run_id: string): Promise<void> {
  const post = (path: string, body: Json) => call('POST', path, body);
  const { model } = await post('logged-models', {
    experiment_id: '0',
    name: 'classifier',
    model_type: 'sklearn',
    source_run_id: run_id,
  });
  const model_id = (model as { info: { model_id: string } }).info.model_id;
  await call('PATCH', `logged-models/${model_id}`, { model_id, status: 'LOGGED_MODEL_READY' });
  const name = 'churn';
  await post('registered-models/create', { name: 'churn-draft' });
  await post('registered-models/rename', { name: 'churn-draft', new_name: name });
  await call('PATCH', 'registered-models/update', { name, description: 'who will leave' });
  const tags = [{ key: 'reviewed', value: 'yes' }];
  await post('model-versions/create', { name, source: `models:/${model_id}`, model_id, tags });
  await post('model-versions/create', { name, source: 's3://models/churn/2', run_id });
  for (const version of ['1', '2']) {
    const move = { name, version, stage: 'Production', archive_existing_versions: true, comment: 'passed the tests' };
    await post('model-versions/transition-stage', move);
  }
  await post('registered-models/rollback-stage', { name, stage: 'Production' });
  const first = { name, version: '1' };
  await call('PATCH', 'model-versions/update', { ...first, description: 'the first' });
  await post('model-versions/set-tag', { ...first, key: 'team', value: 'growth' });
  await call('DELETE', 'model-versions/delete-tag', { ...first, key: 'team' });
  await post('registered-models/alias', { name, alias: 'champion', version: '2' });
  await post('registered-models/alias', { name, alias: 'champion', version: '1' });
  await call('DELETE', 'registered-models/alias', { name, alias: 'champion' });
  await call('DELETE', 'model-versions/delete', first);
  await call('DELETE', 'registered-models/delete', { name });
  await call('DELETE', `logged-models/${model_id}`, { model_id });
}

/** What was deleted longer ago than the server keeps it. */
async function purge(post: Post, databaseUrl: string): Promise<void> {
  const { experiment_id } = await post('experiments/create', { name: 'abandoned' });
  await post('runs/create', { experiment_id, run_name: 'abandoned', start_time: 1 });
  await post('experiments/delete', { experiment_id });
  const sql = new pg.Client({ connectionString: databaseUrl });
  await sql.connect();
  await sql.query('update tracking.run set deleted_ms = 1 where experiment_id = $1', [experiment_id]);
  await sql.query('update tracking.experiment set updated_ms = 1 where experiment_id = $1', [experiment_id]);
  const gone = async () =>
    (await sql.query('select from tracking.experiment where experiment_id = $1', [experiment_id])).rowCount === 0;
  while (!(await gone())) await new Promise((done) => setTimeout(done, 20));
  await sql.end();
}

async function published(databaseUrl: string): Promise<CloudEvent[]> {
  const sql = new pg.Client({ connectionString: databaseUrl });
  await sql.connect();
  const waiting = `select from tracking.outbox union all select from registry.outbox union all select from artifacts.outbox`;
  while ((await sql.query(waiting)).rowCount !== 0) await new Promise((done) => setTimeout(done, 20));
  const { rows } = await sql.query<{ event: CloudEvent }>('select event from events.event_log order by position');
  await sql.end();
  return rows.map(({ event }) => event);
}
