import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startService, type TrackingService } from './_service.ts';

describe('what has been deleted for longer than the retention', () => {
  let service: TrackingService;
  let client: pg.Client;
  beforeAll(async () => {
    service = await startService({ PURGE_DELETED_AFTER_HOURS: '1', PURGE_EVERY_SECONDS: '0.1' });
    client = new pg.Client({ connectionString: service.databaseUrl });
    await client.connect();
  });
  afterAll(async () => {
    await client?.end();
    await service?.close();
  });

  const TABLES = [
    'run',
    'run_tag',
    'param',
    'metric',
    'latest_metric',
    'run_dataset_input',
    'run_model_input',
    'run_model_output',
  ];
  const rowsOf = async (runId: string) => {
    const counts = TABLES.map((table) => `(select count(*) from tracking.${table} where run_id = $1) as ${table}`);
    return (await client.query(`select ${counts.join(', ')}`, [runId])).rows[0] as Record<string, string>;
  };
  const age = (runId: string) =>
    client.query('update tracking.run set deleted_ms = deleted_ms - 3600001 where run_id = $1', [runId]);
  const fullRun = async (experimentId: string) => {
    const run_id = await service.newRun(experimentId);
    const metrics = [{ key: 'm', value: 1, timestamp: 1, step: 0 }];
    await service.post('runs/log-batch', {
      run_id,
      metrics,
      params: [{ key: 'p', value: '1' }],
      tags: [{ key: 't', value: '1' }],
    });
    const dataset = { name: 'd', digest: '1', source_type: 'local', source: 's' };
    await service.post('runs/log-inputs', { run_id, datasets: [{ dataset }], models: [{ model_id: 'm-1' }] });
    await service.post('runs/outputs', { run_id, models: [{ model_id: 'm-2' }] });
    return run_id;
  };
  const until = async (condition: () => Promise<boolean>) => {
    while (!(await condition())) await new Promise((done) => setTimeout(done, 20));
  };
  const gone = async (runId: string) => Object.values(await rowsOf(runId)).every((count) => count === '0');

  it('goes for good, with everything logged to it, and with an event; the rest stays', async () => {
    const experiment = await service.newExperiment();
    const [old, recent, active] = [await fullRun(experiment), await fullRun(experiment), await fullRun(experiment)];
    const before = await rowsOf(recent);
    expect(Object.values(before)).not.toContain('0');
    for (const run_id of [old, recent]) await service.post('runs/delete', { run_id });
    await age(old);
    await until(() => gone(old));
    expect(await rowsOf(recent)).toEqual(before);
    expect(await rowsOf(active)).toEqual(before);
    expect((await service.get('runs/get', { run_id: old })).status).toBe(404);
    await until(async () => {
      const { rows } = await client.query(
        `select event from events.event_log where key = $1 and event->>'type' = 'io.millrace.run.purged.v1'`,
        [old],
      );
      if (rows.length === 0) return false;
      expect(rows).toMatchObject([
        {
          event: {
            subject: `runs/${old}`,
            data: {
              run_id: old,
              experiment_id: experiment,
              artifact_uri: `mlflow-artifacts:/${experiment}/${old}/artifacts`,
              actor: 'retention',
            },
          },
        },
      ]);
      return true;
    });
  });

  it('takes an experiment with its models, and frees its name', async () => {
    const { body } = await service.post('experiments/create', {
      name: 'short-lived',
      tags: [{ key: 'a', value: 'b' }],
    });
    const experiment_id = body['experiment_id'] as string;
    const run_id = await fullRun(experiment_id);
    await service.post('logged-models', { experiment_id, name: 'model' });
    await service.post('experiments/delete', { experiment_id });
    await client.query('update tracking.experiment set updated_ms = updated_ms - 3600001 where experiment_id = $1', [
      experiment_id,
    ]);
    await age(run_id);
    await until(async () => (await service.get('experiments/get', { experiment_id })).status === 404);
    expect(await gone(run_id)).toBe(true);
    const { rows } = await client.query(
      `select (select count(*) from tracking.logged_model where experiment_id = $1) as models,
        (select count(*) from tracking.experiment_tag where experiment_id = $1) as tags,
        (select count(*) from tracking.dataset where experiment_id = $1) as datasets`,
      [experiment_id],
    );
    expect(rows).toEqual([{ models: '0', tags: '0', datasets: '0' }]);
    expect(await service.post('experiments/create', { name: 'short-lived' })).toMatchObject({ status: 200 });
  });
});
