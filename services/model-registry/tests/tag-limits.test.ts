import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { invalid, type RegistryService, startService } from './_service.ts';
import { openDatabase } from './_webhooks.ts';

const MAX = 1_000;
const tags = (count: number, value = 'v') => Array.from({ length: count }, (_, i) => ({ key: `k${i}`, value }));
const FULL = invalid('at most 1000 tags, with 4 MiB in their values');

describe('a model with as much as it may have', () => {
  let service: RegistryService;
  let name: string;
  beforeAll(async () => {
    service = await startService();
    name = await service.newModel({ tags: tags(MAX) });
    await service.newVersion(name, { tags: tags(MAX) });
  });
  afterAll(() => service?.close());

  it.each(['registered-models', 'model-versions'])('takes no further tag, but changes and loses: %s', async (path) => {
    const of = { name, version: '1' };
    expect(await service.post(`${path}/set-tag`, { ...of, key: 'new', value: '' })).toMatchObject(FULL);
    expect(await service.post(`${path}/set-tag`, { ...of, key: 'k7', value: 'changed' })).toMatchObject({
      status: 200,
    });
    await service.delete(`${path}/delete-tag`, { ...of, key: 'k8' });
    expect(await service.post(`${path}/set-tag`, { ...of, key: 'new', value: '' })).toMatchObject({ status: 200 });
  });

  it('takes no tags that are too large together', async () => {
    const large = 'x'.repeat(100_000);
    const model = await service.newModel({ tags: tags(41, large) });
    expect(
      await service.post('registered-models/set-tag', { name: model, key: 'one more', value: large }),
    ).toMatchObject(FULL);
    expect(await service.post('registered-models/set-tag', { name: model, key: 'k1', value: large })).toMatchObject({
      status: 200,
    });
    const created = await service.post('registered-models/create', {
      name: crypto.randomUUID(),
      tags: tags(42, large),
    });
    expect(created).toMatchObject(FULL);
  });

  it('takes no further alias, but moves those it has', async () => {
    const set = (alias: string, version = '1') => service.post('registered-models/alias', { name, alias, version });
    const { pool, close } = openDatabase(service);
    await pool.query(
      `insert into registry.model_alias (workspace_id, model_id, alias, version)
       select workspace_id, model_id, 'a' || i, 1 from registry.registered_model, generate_series(1, $2) i where name = $1`,
      [name, MAX],
    );
    await close();
    expect(await set('one-more')).toMatchObject(invalid('at most 1000 aliases'));
    await service.newVersion(name);
    expect(await set('a7', '2')).toMatchObject({ status: 200 });
  });
});
