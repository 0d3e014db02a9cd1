import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase } from '@millrace/platform/testing/database';
import { pino } from 'pino';
import { startModelRegistry } from '../src/app.ts';
import { loadConfig } from '../src/config.ts';
import { invalid, type RegistryService, refusal, startService } from './_service.ts';

describe('stages of the deployment', () => {
  let service: RegistryService;
  beforeAll(async () => {
    service = await startService({ REGISTRY_STAGES: 'QA, Canary', REGISTRY_ACTIVE_STAGES: 'canary' });
  });
  afterAll(() => service?.close());

  const withVersions = async (count: number) => {
    const name = await service.newModel();
    for (let i = 0; i < count; i++) await service.newVersion(name);
    return name;
  };
  const latest = async (name: string, stages: string[] = []) => {
    const { body } = await service.post('registered-models/get-latest-versions', { name, stages });
    const versions = (body['model_versions'] ?? []) as { version: string; current_stage: string }[];
    return versions.map(({ version, current_stage }) => `${version} ${current_stage}`);
  };

  it('are entered like those of MLflow, in any letter case', async () => {
    const name = await withVersions(2);
    expect((await service.move(name, '1', 'qa')).body).toMatchObject({ model_version: { current_stage: 'QA' } });
    expect(await latest(name)).toEqual(['1 QA', '2 None']);
    expect(await latest(name, ['Qa'])).toEqual(['1 QA']);
    expect((await service.model(name)).latest_versions).toHaveLength(2);
    const { body } = await service.get('registered-models/search', { filter: `name = '${name}'` });
    expect(body).toMatchObject({
      registered_models: [{ latest_versions: [{ current_stage: 'QA' }, { current_stage: 'None' }] }],
    });
    const copy = await service.newVersion(name, { source: `models:/${name}/QA` });
    expect(copy).toMatchObject({ source: `models:/${name}/1` });
    expect(await service.move(name, '1', 'Blue')).toMatchObject(
      invalid('one of None, Staging, Production, Archived, QA, Canary'),
    );
  });

  it('archive their holders and give themselves back where they are active', async () => {
    const name = await withVersions(2);
    await service.move(name, '1', 'Canary', true);
    await service.move(name, '2', 'Canary', true);
    expect(await latest(name)).toEqual(['1 Archived', '2 Canary']);
    await service.post('registered-models/rollback-stage', { name, stage: 'canary' });
    expect(await latest(name)).toEqual(['1 Canary', '2 Archived']);
    expect(await service.move(name, '2', 'QA', true)).toMatchObject(
      refusal(500, 'INTERNAL_ERROR', "Valid stages are ['Staging', 'Production', 'Canary']"),
    );
  });
});

describe('a stage that the deployment no longer has', () => {
  it('can be asked about and left, but not entered', async () => {
    const database = await createTestDatabase();
    const start = async (env: Record<string, string>) => {
      const base = { AUTH_MODE: 'anonymous', DATABASE_URL: database.url, HTTP_PORT: '0', GRPC_PORT: '0' };
      const config = loadConfig({ ...base, TRACKING_GRPC: '127.0.0.1:1', ...env });
      const service = await startModelRegistry(config, pino({ level: 'silent' }));
      const post = async (path: string, body: object) => {
        const url = `http://127.0.0.1:${service.httpPort}/api/2.0/mlflow/${path}`;
        const init = { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
        return (await (await fetch(url, init)).json()) as Record<string, unknown>;
      };
      return { post, close: () => service.lifecycle.close() };
    };
    const before = await start({ REGISTRY_STAGES: 'QA' });
    await before.post('registered-models/create', { name: 'm' });
    for (let i = 0; i < 2; i++) await before.post('model-versions/create', { name: 'm', source: 's3://b/m' });
    await before.post('model-versions/transition-stage', { name: 'm', version: '1', stage: 'QA' });
    await before.close();
    const after = await start({});
    expect(await after.post('registered-models/get-latest-versions', { name: 'm', stages: ['qa'] })).toMatchObject({
      model_versions: [{ version: '1', current_stage: 'QA' }],
    });
    const move = (version: string, stage: string) =>
      after.post('model-versions/transition-stage', { name: 'm', version, stage });
    expect(await move('2', 'QA')).toMatchObject({ error_code: 'INVALID_PARAMETER_VALUE' });
    expect(await move('1', 'Staging')).toMatchObject({ model_version: { current_stage: 'Staging' } });
    await after.close();
    await database[Symbol.asyncDispose]();
  });
});

describe('the configuration of stages', () => {
  const stages = (env: Record<string, string>) =>
    loadConfig({
      AUTH_MODE: 'anonymous',
      DATABASE_URL: 'postgres://localhost/x',
      TRACKING_GRPC: 'tracking:9090',
      ...env,
    }).stages;

  it('adds to those of MLflow, all of them active unless it says which', () => {
    expect(stages({}).active).toEqual(['Staging', 'Production']);
    expect(stages({ REGISTRY_STAGES: 'QA,Blue' }).active).toEqual(['Staging', 'Production', 'QA', 'Blue']);
    expect(stages({ REGISTRY_STAGES: 'QA,Blue', REGISTRY_ACTIVE_STAGES: 'blue' }).active).toEqual([
      'Staging',
      'Production',
      'Blue',
    ]);
  });

  it.each([
    [{ REGISTRY_STAGES: 'QA,production' }, "there already is a stage 'production'"],
    [{ REGISTRY_STAGES: 'QA,qa' }, "there already is a stage 'qa'"],
    [{ REGISTRY_STAGES: '42' }, "'42' cannot be a stage"],
    [{ REGISTRY_STAGES: 'a/b' }, "'a/b' cannot be a stage"],
    [{ REGISTRY_STAGES: 'Latest' }, "'Latest' cannot be a stage"],
    [{ REGISTRY_STAGES: 'QA', REGISTRY_ACTIVE_STAGES: 'Blue' }, "'Blue' is not in REGISTRY_STAGES"],
  ])('refuses %j', (env, message) => {
    expect(() => stages(env as Record<string, string>)).toThrow(message);
  });
});
