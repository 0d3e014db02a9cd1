import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CloudEvent } from '@millrace/platform/events/cloud-event';
import { eventLogPublisher } from '@millrace/platform/events/event-log';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { startService, type TrackingService } from './_service.ts';

describe('runs of which versions are registered', () => {
  let service: TrackingService;
  let pool: pg.Pool;
  beforeAll(async () => {
    service = await startService();
    pool = new pg.Pool({ connectionString: service.databaseUrl });
  });
  afterAll(async () => {
    await pool?.end();
    await service?.close();
  });

  const created = (version: string, run_id: string): CloudEvent => ({
    specversion: '1.0',
    id: uuidv7(),
    type: 'io.millrace.model_version.created.v1',
    source: '/workspaces/default/model-registry',
    subject: `models/churn/versions/${version}`,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    dataschema: '/schemas/model_version.created.v1.json',
    partitionkey: 'default/churn',
    sequence: '1',
    data: { workspace: 'default', model: 'churn', version, run_id },
  });
  const publish = (...events: CloudEvent[]) => eventLogPublisher(pool).publish('millrace.registry.events', events);
  const versionsOf = async (run: string) => {
    const { tags = [] } = (await service.run(run))['data'] as unknown as { tags?: { key: string; value: string }[] };
    return tags.find(({ key }) => key === 'mlflow.modelVersions')?.value;
  };
  const untilTold = async (run: string, last: string) => {
    while (!(await versionsOf(run))?.includes(last)) await new Promise((done) => setTimeout(done, 50));
  };

  it('say which, once each, and can be found by it', async () => {
    const [run, other] = [await service.newRun(), await service.newRun()];
    const once = created('1', run);
    await publish(once, once, created('1', run), created('2', ''), created('3', 'no run'), created('4', run));
    await untilTold(run, '4');
    expect(await versionsOf(run)).toBe('[{"name": "churn", "version": 1}, {"name": "churn", "version": 4}]');
    expect(await versionsOf(other)).toBeUndefined();
    const experiments = [run, other].map(async (id) => (await service.run(id))['info']);
    const infos = (await Promise.all(experiments)) as unknown as { experiment_id: string }[];
    const { body } = await service.post('runs/search', {
      experiment_ids: infos.map(({ experiment_id }) => experiment_id),
      filter: `tags."mlflow.modelVersions" LIKE '%"churn"%'`,
    });
    expect((body['runs'] as { info: { run_id: string } }[]).map(({ info }) => info.run_id)).toEqual([run]);
  });

  it('keep the newest hundred', async () => {
    const run = await service.newRun();
    await publish(...Array.from({ length: 103 }, (_, i) => created(String(i + 1), run)));
    await untilTold(run, ' 103}');
    const kept = JSON.parse((await versionsOf(run)) ?? '') as { version: number }[];
    expect(kept.map(({ version }) => version)).toEqual(Array.from({ length: 100 }, (_, i) => i + 4));
  });

  it('stay as they are when they were deleted', async () => {
    const [deleted, run] = [await service.newRun(), await service.newRun()];
    await service.post('runs/delete', { run_id: deleted });
    await publish(created('1', deleted), created('2', run));
    await untilTold(run, '2');
    await service.post('runs/restore', { run_id: deleted });
    expect(await versionsOf(deleted)).toBeUndefined();
  });
});
