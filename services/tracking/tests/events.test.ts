import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventContract } from '@millrace/platform/testing/event-contract';
import { file_millrace_events_v1_tracking } from '@millrace/proto/events/v1/tracking';
import pg from 'pg';
import { startService, type TrackingService } from './_service.ts';

const contract = eventContract([file_millrace_events_v1_tracking]);

describe('events of tracking', () => {
  let service: TrackingService;
  let client: pg.Client;
  beforeAll(async () => {
    service = await startService();
    client = new pg.Client({ connectionString: service.databaseUrl });
    await client.connect();
  });
  afterAll(async () => {
    await client?.end();
    await service?.close();
  });

  type Event = { type: string; subject: string; partitionkey: string; data: Record<string, unknown> };

  /** All events of one key, once nothing waits to be published. */
  const eventsOf = async (key: string): Promise<Event[]> => {
    for (;;) {
      const { rows } = await client.query('select from tracking.outbox limit 1');
      if (rows.length === 0) break;
      await new Promise((done) => setTimeout(done, 20));
    }
    const { rows } = await client.query<{ event: Event }>(
      `select event from events.event_log where topic = 'millrace.tracking.events' and key = $1 order by position`,
      [key],
    );
    expect(rows.flatMap(({ event }) => contract.problemsOfEmitted(event))).toEqual([]);
    return rows.map(({ event }) => event);
  };
  const types = async (key: string) =>
    (await eventsOf(key)).map(({ type }) => type.replace(/^io\.millrace\.|\.v1$/g, ''));

  it('tell of a run from its creation to its end, each change once', async () => {
    const experiment_id = await service.newExperiment();
    const { body } = await service.post('runs/create', {
      experiment_id,
      run_name: 'told',
      user_id: 'ada',
      start_time: 1,
    });
    const { run_id } = (body as { run: { info: { run_id: string } } }).run.info;
    for (let i = 0; i < 2; i++) await service.post('runs/update', { run_id, status: 'FINISHED', end_time: 2 });
    await service.post('runs/update', { run_id, run_name: 'renamed' });
    await service.post('runs/update', { run_id, status: 'RUNNING' });
    await service.post('runs/update', { run_id, status: 'FAILED' });
    for (let i = 0; i < 2; i++) await service.post('runs/delete', { run_id });
    for (let i = 0; i < 2; i++) await service.post('runs/restore', { run_id });
    await service.post('runs/update', { run_id, status: 'KILLED' });

    expect(await types(run_id)).toEqual(
      ['created', 'finished', 'failed', 'deleted', 'restored', 'killed'].map((what) => `run.${what}`),
    );
    const [created, finished] = await eventsOf(run_id);
    expect(created).toMatchObject({
      subject: `runs/${run_id}`,
      partitionkey: run_id,
      data: {
        event: 'run.created',
        workspace: 'default',
        actor: 'anonymous',
        run_id,
        experiment_id,
        run_name: 'told',
        user_id: 'ada',
      },
    });
    expect(finished?.data).toMatchObject({
      run_id,
      experiment_id,
      run_name: 'told',
      status: 'FINISHED',
      artifact_uri: `mlflow-artifacts:/${experiment_id}/${run_id}/artifacts`,
    });
  });

  it('tell of an experiment', async () => {
    const experiment_id = await service.newExperiment();
    await service.post('experiments/update', { experiment_id, new_name: `renamed ${experiment_id}` });
    await service.post('experiments/delete', { experiment_id });
    await service.post('experiments/restore', { experiment_id });
    expect(await types(experiment_id)).toEqual(
      ['created', 'updated', 'deleted', 'restored'].map((what) => `experiment.${what}`),
    );
  });

  it('tell nothing of what failed', async () => {
    const run_id = await service.newRun();
    await service.post('runs/delete', { run_id });
    await service.post('runs/update', { run_id, status: 'FINISHED' });
    await service.post('experiments/create', { name: 'Default' });
    await service.post('runs/create', { experiment_id: '424242' });
    expect(await types(run_id)).toEqual(['run.created', 'run.deleted']);
    const { rows } = await client.query(
      `select from events.event_log where event->'data'->>'experiment_id' = '424242' or event->'data'->>'name' = 'Default'`,
    );
    expect(rows).toEqual([]);
  });
});
