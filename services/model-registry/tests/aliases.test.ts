import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { invalid, missing, type RegistryService, startService } from './_service.ts';

describe('aliases', () => {
  let service: RegistryService;
  let name: string;
  beforeAll(async () => {
    service = await startService();
    name = await service.newModel();
    for (let i = 0; i < 3; i++) await service.newVersion(name);
  });
  afterAll(() => service?.close());

  const set = (alias: string, version: string, model = name) =>
    service.post('registered-models/alias', { name: model, alias, version });
  const find = (alias: string, model = name) => service.get('registered-models/alias', { name: model, alias });

  it('lead to a version, and can be moved to another', async () => {
    const before = await service.model(name);
    expect(await set('champion', '1')).toMatchObject({ status: 200, body: {} });
    expect(await find('champion')).toMatchObject({
      status: 200,
      body: { model_version: { version: '1', aliases: ['champion'] } },
    });
    await set('champion', ' 02 ');
    await set('Champion', '1');
    expect(await find('champion')).toMatchObject({ body: { model_version: { version: '2' } } });
    expect(await service.version(name, '1')).toMatchObject({ aliases: ['Champion'] });
    const after = await service.model(name);
    expect(after).toMatchObject({
      aliases: [
        { alias: 'Champion', version: '1' },
        { alias: 'champion', version: '2' },
      ],
      last_updated_timestamp: before.last_updated_timestamp,
    });
    expect(after.latest_versions?.[0]).not.toHaveProperty('aliases');
  });

  it('are deleted without complaint when they are not there', async () => {
    await set('short-lived', '1');
    for (const alias of ['short-lived', 'short-lived', 'latest', 'v1']) {
      expect(await service.delete('registered-models/alias', { name, alias })).toMatchObject({ status: 200, body: {} });
    }
    expect(await find('short-lived')).toMatchObject(invalid('Registered model alias short-lived not found'));
    expect(await service.delete('registered-models/alias', { name: 'nobody', alias: 'a' })).toMatchObject(
      missing('Registered Model with name=nobody not found'),
    );
  });

  it.each([
    ['latest', "'latest' alias name (case insensitive) is reserved"],
    ['LaTest', 'alias name (case insensitive) is reserved'],
    ['v1', "Version alias name 'v1' is reserved"],
    ['V22', "Version alias name 'V22' is reserved"],
    ['a.b', "Invalid alias name: 'a.b'"],
    ['a b', "Invalid alias name: 'a b'"],
    ['a\n', 'Invalid alias name'],
    ['', "Missing value for required parameter 'alias'"],
    ['x'.repeat(256), "'Registered model alias name' exceeds the maximum length of 255"],
  ])('cannot be called %j', async (alias, message) => {
    expect(await set(alias, '1')).toMatchObject(invalid(message));
  });

  it.each(['v', 'vx', 'v1x', 'ä_-1', 'x'.repeat(255)])('can be called %j', async (alias) => {
    expect(await set(alias, '3')).toMatchObject({ status: 200 });
    expect(await find(alias)).toMatchObject({ body: { model_version: { version: '3' } } });
  });

  it('need a version that is there', async () => {
    expect(await set('a', '77')).toMatchObject(missing(`Model Version (name=${name}, version=77) not found`));
    expect(await set('a', '1', 'nobody')).toMatchObject(missing('Model Version (name=nobody, version=1) not found'));
    expect(await set('a', 'x')).toMatchObject(invalid("Parameter 'version' must be an integer, got 'x'"));
    expect(await find('v1')).toMatchObject(invalid('Registered model alias v1 not found'));
    expect(await find('a', 'nobody')).toMatchObject(missing('Registered Model with name=nobody not found'));
  });

  it('vanish with the version they lead to', async () => {
    const model = await service.newModel();
    await service.newVersion(model);
    await service.newVersion(model);
    await set('gone', '1', model);
    await set('kept', '2', model);
    await service.delete('model-versions/delete', { name: model, version: '1' });
    expect(await find('gone', model)).toMatchObject(invalid('Registered model alias gone not found'));
    expect(await set('gone', '1', model)).toMatchObject(missing('Model Version'));
    expect(await service.model(model)).toMatchObject({ aliases: [{ alias: 'kept', version: '2' }] });
  });

  it('have `latest` among them, which is the highest version whatever its stage', async () => {
    const model = await service.newModel();
    expect(await find('latest', model)).toMatchObject(missing('Latest version not found'));
    expect(await find('latest', 'nobody')).toMatchObject(missing('Registered Model with name=nobody not found'));
    for (let i = 0; i < 3; i++) await service.newVersion(model);
    await service.move(model, '1', 'Production');
    expect(await find('LATEST', model)).toMatchObject({ body: { model_version: { version: '3' } } });
    await service.delete('model-versions/delete', { name: model, version: '3' });
    expect(await find('latest', model)).toMatchObject({ body: { model_version: { version: '2' } } });
  });
});
