import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CloudEvent } from '@millrace/platform/events/cloud-event';
import { eventLogPublisher } from '@millrace/platform/events/event-log';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { loggedModels } from './_logged-models.ts';
import { startService, type TrackingService } from './_service.ts';

const WAIT_MS = 20_000;

describe('logged models and events', () => {
  let service: TrackingService;
  let models: ReturnType<typeof loggedModels>;
  let pool: pg.Pool;
  let experiment_id: string;
  beforeAll(async () => {
    service = await startService();
    models = loggedModels(service);
    pool = new pg.Pool({ connectionString: service.databaseUrl });
    experiment_id = await service.newExperiment();
  });
  afterAll(async () => {
    await pool?.end();
    await service?.close();
  });

  /** Asks until there is an answer. */
  async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
    for (const end = Date.now() + WAIT_MS; Date.now() < end; ) {
      const answer = await ask();
      if (answer !== undefined) return answer;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`nothing within ${WAIT_MS} ms`);
  }

  async function published(key: string, count: number): Promise<CloudEvent[]> {
    return eventually(async () => {
      const { rows } = await pool.query<{ event: CloudEvent }>(
        `select event from events.event_log where topic = 'millrace.tracking.events' and key = $1 order by position`,
        [key],
      );
      return rows.length >= count ? rows.map(({ event }) => event) : undefined;
    });
  }

  it('are told of in order: created, finalized, deleted, each once', async () => {
    const { info } = await models.create({ experiment_id, name: 'told', model_type: 'Agent', source_run_id: 'r1' });
    const id = info.model_id;
    await models.call('PATCH', `/${id}`, { status: 'LOGGED_MODEL_READY' });
    await models.call('PATCH', `/${id}`, { status: 'LOGGED_MODEL_READY' });
    await models.call('PATCH', `/${id}`, { status: 'LOGGED_MODEL_UPLOAD_FAILED' });
    await models.call('DELETE', `/${id}`);
    await models.call('DELETE', `/${id}`);
    await models.call('PATCH', `/${id}`, { status: 'LOGGED_MODEL_PENDING' });
    const events = await published(id, 5);
    expect(events.map(({ type, data }) => [type, data['status']])).toEqual([
      ['io.millrace.logged_model.created.v1', 'PENDING'],
      ['io.millrace.logged_model.finalized.v1', 'READY'],
      ['io.millrace.logged_model.finalized.v1', 'FAILED'],
      ['io.millrace.logged_model.deleted.v1', 'FAILED'],
      ['io.millrace.logged_model.finalized.v1', 'PENDING'],
    ]);
    expect(events[0]).toMatchObject({
      subject: `logged-models/${id}`,
      partitionkey: id,
      source: '/workspaces/default/tracking',
      data: {
        event: 'logged_model.created',
        workspace: 'default',
        actor: 'anonymous',
        model_id: id,
        experiment_id,
        name: 'told',
        model_type: 'Agent',
        source_run_id: 'r1',
        status: 'PENDING',
        artifact_uri: info['artifact_uri'],
      },
    });
  });

  const versionCreated = (model: string, version: string, model_id: string, id = uuidv7()): CloudEvent => ({
    specversion: '1.0',
    id,
    type: 'io.millrace.model_version.created.v1',
    source: '/workspaces/default/model-registry',
    subject: `models/${model}/versions/${version}`,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    dataschema: '/schemas/model_version.created.v1.json',
    partitionkey: `default/${model}`,
    sequence: '1',
    data: { workspace: 'default', model, version, model_id },
  });
  const publish = (...events: CloudEvent[]) => eventLogPublisher(pool).publish('millrace.registry.events', events);
  const versionsOf = async (id: string) => {
    const tags = (await models.get(id)).info['tags'] as readonly { key: string; value: string }[] | undefined;
    return tags?.find(({ key }) => key === 'mlflow.modelVersions')?.value;
  };

  it('say which registered versions are made of them, as Python writes it', async () => {
    const { info } = await models.create({ experiment_id });
    const id = info.model_id;
    const redelivered = uuidv7();
    await publish(
      versionCreated('model', '1', id, redelivered),
      versionCreated('model', '1', id, redelivered),
      versionCreated('model', '1', id),
      versionCreated('nobody', '1', 'm-x'),
      versionCreated('unlogged', '1', ''),
      { ...versionCreated('model', '7', id), type: 'io.millrace.model_version.deleted.v1' },
      versionCreated('model', '12', id),
      versionCreated('größe "q" 😀', '4', id),
    );
    const last = await eventually(async () => ((await versionsOf(id))?.endsWith('4}]') ? versionsOf(id) : undefined));
    expect(last).toBe(
      '[{"name": "model", "version": 1}, {"name": "model", "version": 12}, ' +
        '{"name": "gr\\u00f6\\u00dfe \\"q\\" \\ud83d\\ude00", "version": 4}]',
    );
  });

  it('replace what is no list of versions,', async () => {
    const { info } = await models.create({ experiment_id, tags: [{ key: 'mlflow.modelVersions', value: 'mine' }] });
    const id = info.model_id;
    await publish(versionCreated('model', '3', id));
    await eventually(async () => ((await versionsOf(id)) === 'mine' ? undefined : true));
    expect(await versionsOf(id)).toBe('[{"name": "model", "version": 3}]');
  });
});
