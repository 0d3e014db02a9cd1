import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { followEvents } from './_events.ts';
import { type RegistryService, startService } from './_service.ts';
import { startFakeTracking } from './_tracking.ts';

const RUNS = {
  r1: {
    artifactUri: 's3://b/r1',
    experimentId: '7',
    gitCommit: 'c0ffee',
    datasets: [
      { name: 'train', digest: 'd1' },
      { name: 'test', digest: 'd2' },
    ],
  },
};
const KNOWN = { experiment_id: '7', git_commit: 'c0ffee', datasets: 'train@d1,test@d2' };

describe('where a version comes from', () => {
  let tracking: Awaited<ReturnType<typeof startFakeTracking>>;
  let service: RegistryService;
  let events: Awaited<ReturnType<typeof followEvents>>;
  beforeAll(async () => {
    tracking = await startFakeTracking(RUNS, { 'm-1': { artifactUri: 's3://b/m-1', sourceRunId: 'r1' } });
    service = await startService({ TRACKING_GRPC: tracking.address });
    events = await followEvents(service.config.events);
  });
  afterAll(async () => {
    await events?.close();
    await service?.close();
    await tracking?.close();
  });

  const ledger = async (name: string) =>
    (await service.get('registered-models/transitions', { name })).body['transitions'] as Record<string, unknown>[];

  it('is told by its events and kept in the ledger', async () => {
    const name = await service.newModel();
    await service.newVersion(name, { source: 'models:/m-1', model_id: 'm-1' });
    await service.move(name, '1', 'Production');
    const [, created, moved] = await events.first(3, name);
    expect(created?.data).toMatchObject({ ...KNOWN, run_id: 'r1', model_id: 'm-1' });
    expect(moved?.data).toMatchObject({ ...KNOWN, run_id: 'r1', model_id: 'm-1' });
    for (const entry of await ledger(name)) expect(entry).toMatchObject({ ...KNOWN, model_id: 'm-1' });
  });

  it('stays open for runs that tracking does not know, and for prompts', async () => {
    const name = await service.newModel();
    await service.newVersion(name, { run_id: 'of another server' });
    const tags = [{ key: 'mlflow.prompt.is_prompt', value: 'true' }];
    await service.newVersion(name, { run_id: 'r1', source: 'dummy-source', tags });
    const told = await events.first(3, name);
    for (const { data } of told) expect(data).not.toHaveProperty('experiment_id');
  });

  it('is filled in later when the version was made while tracking was away', async () => {
    const away = await startFakeTracking({}, {});
    await away.close();
    const alone = await startService({ TRACKING_GRPC: away.address });
    const heard = await followEvents(alone.config.events);
    const name = await alone.newModel();
    await alone.newVersion(name, { run_id: 'r1' });
    await alone.newVersion(name, { run_id: 'r1' });
    const [, created] = await heard.first(3, name);
    expect(created?.data).toMatchObject({ run_id: 'r1' });
    expect(created?.data).not.toHaveProperty('experiment_id');
    const back = await startFakeTracking(RUNS, {}, away.port);
    const told = (await heard.first(5, name)).slice(3);
    for (const { type, data } of told) {
      expect(type).toBe('io.millrace.model_version.updated.v1');
      expect(data).toMatchObject(KNOWN);
    }
    await alone.move(name, '1', 'Staging');
    expect((await heard.first(6, name))[5]?.data).toMatchObject(KNOWN);
    await heard.close();
    await alone.close();
    await back.close();
  });
});
