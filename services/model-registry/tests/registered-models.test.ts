import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { invalid, missing, type RegistryService, startService, taken } from './_service.ts';

describe('registered models', () => {
  let service: RegistryService;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service?.close());

  it('are created as asked, and read back the same', async () => {
    const tags = [{ key: 'team', value: 'flora' }, { key: 'a b/c' }, { key: 'team', value: 'fauna' }];
    const name = `Modèle %2F # ${crypto.randomUUID()}`;
    const created = await service.post('registered-models/create', { name, description: 'd', tags });
    expect(created).toMatchObject({ status: 200 });
    const model = created.body['registered_model'];
    expect(model).toEqual({
      name,
      creation_timestamp: expect.any(Number),
      last_updated_timestamp: expect.any(Number),
      description: 'd',
      tags: [
        { key: 'a b/c', value: '' },
        { key: 'team', value: 'fauna' },
      ],
    });
    expect(await service.model(name)).toEqual(model);
  });

  it('say nothing of what they do not have', async () => {
    const name = await service.newModel();
    expect(Object.keys(await service.model(name))).toEqual(['name', 'creation_timestamp', 'last_updated_timestamp']);
  });

  it.each([
    ['', "Missing value for required parameter 'name'"],
    [' \t', "Missing value for required parameter 'name'"],
    ['a/b', "Names cannot contain '/' or ':'"],
    ['C:', "Names cannot contain '/' or ':'"],
    ['.', 'Invalid value "." for parameter \'name\' supplied'],
    ['..', 'Invalid value ".." for parameter \'name\' supplied'],
    ['..a', 'Invalid value "..a" for parameter \'name\' supplied'],
    ['é'.repeat(513), "'name' exceeds the maximum length of 512 characters"],
    ['a\0b', "for parameter 'name' supplied"],
  ])('cannot be called %j', async (name, message) => {
    expect(await service.post('registered-models/create', { name })).toMatchObject(invalid(message));
    expect(await service.get('registered-models/get', { name })).toMatchObject(invalid(message.slice(0, 20)));
  });

  it.each(['a..', '~', 'a%2fb', 'a\\b', ' padded ', '𝕞'.repeat(512), 'x?y#z'])('can be called %j', async (name) => {
    expect(await service.post('registered-models/create', { name })).toMatchObject({ status: 200 });
    expect(await service.model(name)).toMatchObject({ name });
  });

  it('are not created twice, and the refusal says what has the name', async () => {
    const prompt = [{ key: 'mlflow.prompt.is_prompt', value: 'true' }];
    const model = await service.newModel();
    const create = (name: string, tags: object[]) => service.post('registered-models/create', { name, tags });
    expect(await create(model, [])).toMatchObject(taken(`Registered Model (name=${model}) already exists`));
    expect(await create(model, prompt)).toMatchObject(
      taken(`Tried to create a prompt with name '${model}', but the name is already taken by a registered model`),
    );
    const text = await service.newModel({ tags: prompt });
    expect(await create(text, prompt)).toMatchObject(taken(`Prompt (name=${text}) already exists`));
    expect(await create(text, [])).toMatchObject(
      taken(`Tried to create a registered model with name '${text}', but the name is already taken by a prompt`),
    );
  });

  it('lose their description when an update brings none', async () => {
    const name = await service.newModel({ description: 'first' });
    const before = await service.model(name);
    const updated = await service.patch('registered-models/update', { name, description: 'second' });
    expect(updated).toMatchObject({ status: 200, body: { registered_model: { description: 'second' } } });
    const cleared = (await service.patch('registered-models/update', { name })).body['registered_model'];
    expect(cleared).not.toHaveProperty('description');
    expect((await service.model(name)).last_updated_timestamp).toBeGreaterThanOrEqual(before.last_updated_timestamp);
    expect((await service.model(name)).creation_timestamp).toBe(before.creation_timestamp);
  });

  it('take versions, tags and aliases along when they are renamed, and leave the old name free', async () => {
    const name = await service.newModel({ tags: [{ key: 'k', value: 'v' }] });
    await service.newVersion(name, { tags: [{ key: 'vk', value: 'vv' }] });
    await service.newVersion(name);
    await service.post('registered-models/alias', { name, alias: 'best', version: '1' });
    const renamed = await service.post('registered-models/rename', { name, new_name: `${name}-2` });
    expect(renamed).toMatchObject({
      status: 200,
      body: {
        registered_model: {
          name: `${name}-2`,
          tags: [{ key: 'k', value: 'v' }],
          aliases: [{ alias: 'best', version: '1' }],
          latest_versions: [{ name: `${name}-2`, version: '2' }],
        },
      },
    });
    const { last_updated_timestamp } = await service.model(`${name}-2`);
    expect(await service.version(`${name}-2`, '1')).toMatchObject({
      last_updated_timestamp,
      tags: [{ key: 'vk', value: 'vv' }],
      aliases: ['best'],
    });
    expect(await service.get('registered-models/get', { name })).toMatchObject(missing(`with name=${name} not found`));
    expect(await service.post('registered-models/create', { name })).toMatchObject({ status: 200 });
    expect(await service.newVersion(`${name}-2`)).toMatchObject({ version: '3' });
  });

  it('can be renamed to themselves, but neither to a taken name nor to a bad one', async () => {
    const [name, other] = [await service.newModel(), await service.newModel()];
    const rename = (from: string, to: string) => service.post('registered-models/rename', { name: from, new_name: to });
    expect(await rename(name, name)).toMatchObject({ status: 200, body: { registered_model: { name } } });
    expect(await rename(name, other)).toMatchObject(taken(`Registered Model (name=${other}) already exists`));
    expect(await rename(name, ' ')).toMatchObject(invalid("Missing value for required parameter 'new_name'"));
    expect(await rename(name, '')).toMatchObject(invalid("Missing value for required parameter 'new_name'"));
    expect(await rename('nobody', 'a:b')).toMatchObject(invalid("Names cannot contain '/' or ':'"));
    expect(await rename('nobody', other)).toMatchObject(missing('Registered Model with name=nobody not found'));
  });

  it('are gone with everything in them once deleted, and the name begins anew', async () => {
    const name = await service.newModel({ tags: [{ key: 'k', value: 'v' }] });
    await service.newVersion(name);
    await service.post('registered-models/alias', { name, alias: 'best', version: '1' });
    expect(await service.delete('registered-models/delete', { name })).toMatchObject({ status: 200, body: {} });
    expect(await service.delete('registered-models/delete', { name })).toMatchObject(missing(name));
    expect(await service.get('model-versions/get', { name, version: '1' })).toMatchObject(missing('Model Version'));
    await service.post('registered-models/create', { name });
    expect(await service.model(name)).not.toHaveProperty('tags');
    expect(await service.model(name)).not.toHaveProperty('aliases');
    expect(await service.newVersion(name)).toMatchObject({ version: '1' });
  });

  it('keep tags, whose changes are no changes of the model', async () => {
    const name = await service.newModel();
    const before = await service.model(name);
    for (const body of [{ key: 'a', value: '1' }, { key: 'b' }, { key: 'a', value: '2' }]) {
      expect(await service.post('registered-models/set-tag', { name, ...body })).toMatchObject({
        status: 200,
        body: {},
      });
    }
    expect(await service.model(name)).toEqual({
      ...before,
      tags: [
        { key: 'a', value: '2' },
        { key: 'b', value: '' },
      ],
    });
    for (const key of ['a', 'a', 'never']) {
      expect(await service.delete('registered-models/delete-tag', { name, key })).toMatchObject({
        status: 200,
        body: {},
      });
    }
    expect(await service.model(name)).toEqual({ ...before, tags: [{ key: 'b', value: '' }] });
  });

  it.each([
    ['../a', "for parameter 'key' supplied: Names may be treated as files"],
    ['/a', 'This name would resolve to'],
    ['a//b', "This name would resolve to 'a/b'"],
    ['a/', "This name would resolve to 'a'"],
    ['.', "This name would resolve to '.'"],
    ['a;b', 'Names may only contain alphanumerics'],
    ['a\n', 'Names may only contain alphanumerics'],
    ['', "Missing value for required parameter 'key'"],
  ])('take no tag called %j', async (key, message) => {
    const name = await service.newModel();
    expect(await service.post('registered-models/set-tag', { name, key, value: 'v' })).toMatchObject(invalid(message));
    expect(await service.delete('registered-models/delete-tag', { name, key })).toMatchObject(invalid(message));
    expect(await service.model(name)).not.toHaveProperty('tags');
  });

  it('take no tag with a key of more than 250 characters, and have none to lose', async () => {
    const tag = { name: await service.newModel(), key: 'x'.repeat(251) };
    const long = invalid("'key' exceeds the maximum length of 250 characters");
    expect(await service.post('registered-models/set-tag', { ...tag, value: 'v' })).toMatchObject(long);
    expect(await service.delete('registered-models/delete-tag', tag)).toMatchObject({ status: 200, body: {} });
  });

  it('take tags with letters of any script and values of up to 100,000 characters', async () => {
    const name = await service.newModel();
    const tag = (key: string, value: string) => service.post('registered-models/set-tag', { name, key, value });
    expect(await tag('größe-1.2_x: y/z', '😀'.repeat(100_000))).toMatchObject({ status: 200 });
    expect(await tag('long', 'x'.repeat(100_001))).toMatchObject(
      invalid("'value' exceeds the maximum length of 100000 characters"),
    );
    expect(await tag('number', 5 as never)).toMatchObject(invalid("Invalid value 5 for parameter 'value' supplied"));
  });

  it.each([
    ['get', 'registered-models/get', {}],
    ['patch', 'registered-models/update', {}],
    ['delete', 'registered-models/delete', {}],
    ['post', 'registered-models/set-tag', { key: 'k' }],
    ['delete', 'registered-models/delete-tag', { key: 'k' }],
    ['get', 'registered-models/get-latest-versions', {}],
    ['post', 'registered-models/get-latest-versions', { stages: ['nonsense'] }],
    ['post', 'model-versions/create', { source: 's3://b/x' }],
  ] as const)('answer %s %s with 404 when there is no such model', async (verb, path, body) => {
    const answer = await service[verb](path, { name: 'nobody', ...body } as never);
    expect(answer).toMatchObject(missing('Registered Model with name=nobody not found'));
  });
});
