import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RegistryService, startService, type Version } from './_service.ts';

describe('many callers at once', () => {
  let service: RegistryService;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service?.close());

  it('create versions of one model with every number once and no gap', async () => {
    const name = await service.newModel();
    const created = await Promise.all(Array.from({ length: 50 }, () => service.newVersion(name)));
    const numbers = created.map(({ version }) => Number(version)).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    const times = created
      .sort((a, b) => Number(a.version) - Number(b.version))
      .map(({ creation_timestamp }) => creation_timestamp);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('create one model of a name', async () => {
    const name = crypto.randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => service.post('registered-models/create', { name })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body['error_code'] === 'RESOURCE_ALREADY_EXISTS')).toHaveLength(19);
  });

  it('rename models to one name without losing any', async () => {
    const names = await Promise.all(Array.from({ length: 10 }, () => service.newModel()));
    const new_name = crypto.randomUUID();
    const answers = await Promise.all(
      names.map((name) => service.post('registered-models/rename', { name, new_name })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body['error_code'] === 'RESOURCE_ALREADY_EXISTS')).toHaveLength(9);
    const left = await Promise.all([...names, new_name].map((name) => service.get('registered-models/get', { name })));
    expect(left.filter(({ status }) => status === 200)).toHaveLength(10);
  });

  it('never see two versions in Production nor none while it changes hands', async () => {
    const name = await service.newModel();
    for (let i = 0; i < 8; i++) await service.newVersion(name);
    await service.move(name, '1', 'Production', true);
    let promoting = true;
    const holders: number[] = [];
    const watch = async () => {
      while (promoting) {
        const { body } = await service.get('model-versions/search', { filter: `name = '${name}'` });
        const stages = (body['model_versions'] as Version[]).map(({ current_stage }) => current_stage);
        holders.push(stages.filter((stage) => stage === 'Production').length);
      }
    };
    const promote = async (versions: string[]) => {
      for (const version of versions) {
        expect(await service.move(name, version, 'Production', true)).toMatchObject({ status: 200 });
      }
    };
    const watching = [watch(), watch()];
    await Promise.all([promote(['2', '4', '6', '8', '2']), promote(['3', '5', '7', '1', '3'])]);
    promoting = false;
    await Promise.all(watching);
    expect(holders.length).toBeGreaterThan(0);
    expect(new Set(holders)).toEqual(new Set([1]));
  });

  it('tag and delete one version without leaving anything behind', async () => {
    const name = await service.newModel();
    const { version } = await service.newVersion(name);
    const answers = await Promise.all([
      ...Array.from({ length: 10 }, (_, i) =>
        service.post('registered-models/alias', { name, alias: `a${i}`, version }),
      ),
      service.delete('model-versions/delete', { name, version }),
      ...Array.from({ length: 10 }, (_, i) =>
        service.post('registered-models/alias', { name, alias: `b${i}`, version }),
      ),
    ]);
    expect(answers.every(({ status }) => status === 200 || status === 404)).toBe(true);
    expect(await service.model(name)).not.toHaveProperty('aliases');
  });
});
