import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { invalid, missing, type RegistryService, startService } from './_service.ts';

describe('model versions', () => {
  let service: RegistryService;
  let name: string;
  beforeAll(async () => {
    service = await startService();
    name = await service.newModel();
  });
  afterAll(() => service?.close());

  it('are created as asked, and read back the same', async () => {
    const source = 's3://bucket/a b/model';
    const created = await service.newVersion(name, {
      source,
      run_id: 'not checked for a remote source',
      run_link: 'https://ci/1',
      description: 'd',
      tags: [{ key: 'a', value: '1' }, { key: 'empty' }, { key: 'a', value: '2' }],
      version: '7',
    });
    expect(created).toEqual({
      name,
      version: '1',
      creation_timestamp: expect.any(Number),
      last_updated_timestamp: created.creation_timestamp,
      current_stage: 'None',
      description: 'd',
      source,
      run_id: 'not checked for a remote source',
      status: 'READY',
      tags: [
        { key: 'a', value: '2' },
        { key: 'empty', value: '' },
      ],
      run_link: 'https://ci/1',
    });
    expect(await service.version(name, '1')).toEqual(created);
    expect((await service.model(name)).last_updated_timestamp).toBe(created.creation_timestamp);
  });

  it('have empty texts, not none, where nothing was given', async () => {
    expect(await service.newVersion(name)).toMatchObject({ description: '', run_id: '', run_link: '' });
  });

  it.each([
    [' 01 ', 200],
    ['+1', 200],
    ['-1', 404],
    ['9999999999', 404],
    ['99999999999999999999', 404],
  ])('are found by the number %j says: %i', async (version, status) => {
    expect(await service.get('model-versions/get', { name, version })).toMatchObject({ status });
  });

  it.each(['x', '1.0', '1_0', '٣'])('are not found by %j, which is no number', async (version) => {
    const error = invalid(`Parameter 'version' must be an integer, got '${version}'`);
    expect(await service.get('model-versions/get', { name, version })).toMatchObject(error);
    expect(await service.get('model-versions/get-download-uri', { name, version })).toMatchObject(error);
  });

  it('take their number as text only', async () => {
    expect(await service.post('model-versions/set-tag', { name, version: 1, key: 'k' })).toMatchObject(
      invalid("Invalid value 1 for parameter 'version' supplied"),
    );
  });

  it('tell a description that is empty from one that is not there, and leave the model as it was', async () => {
    const before = await service.model(name);
    const update = async (body: object) =>
      (await service.patch('model-versions/update', { name, version: '1', ...body })).body['model_version'];
    expect(await update({ description: 'new' })).toMatchObject({ description: 'new' });
    expect(await update({ description: '' })).toMatchObject({ description: '' });
    expect(await update({})).not.toHaveProperty('description');
    expect(await service.version(name, '1')).not.toHaveProperty('description');
    expect((await service.model(name)).last_updated_timestamp).toBe(before.last_updated_timestamp);
  });

  it('never get a number that was given before, and are nowhere to be found once deleted', async () => {
    const model = await service.newModel();
    for (let i = 0; i < 3; i++) await service.newVersion(model, { tags: [{ key: 'k', value: 'v' }] });
    const before = await service.model(model);
    expect(await service.delete('model-versions/delete', { name: model, version: '3' })).toMatchObject({
      status: 200,
      body: {},
    });
    const after = await service.model(model);
    expect(after).toMatchObject({ latest_versions: [{ version: '2' }] });
    expect(after.last_updated_timestamp).toBeGreaterThanOrEqual(before.last_updated_timestamp);
    const gone = missing(`Model Version (name=${model}, version=3) not found`);
    const ref = { name: model, version: '3' };
    expect(await service.get('model-versions/get', ref)).toMatchObject(gone);
    expect(await service.get('model-versions/get-download-uri', ref)).toMatchObject(gone);
    expect(await service.delete('model-versions/delete', ref)).toMatchObject(gone);
    expect(await service.patch('model-versions/update', { ...ref, description: 'x' })).toMatchObject(gone);
    expect(await service.post('model-versions/set-tag', { ...ref, key: 'k' })).toMatchObject(gone);
    expect(await service.delete('model-versions/delete-tag', { ...ref, key: 'k' })).toMatchObject(gone);
    expect(await service.move(model, '3', 'Staging')).toMatchObject(gone);
    const found = await service.get('model-versions/search', { filter: `name = '${model}'` });
    expect(found.body['model_versions']).toHaveLength(2);
    expect(await service.newVersion(model)).toMatchObject({ version: '4' });
  });

  it('keep tags, whose changes are no changes of the version', async () => {
    const { version } = await service.newVersion(name);
    const before = await service.version(name, version);
    for (const body of [{ key: 'a', value: '1' }, { key: 'b' }, { key: 'a', value: '2' }]) {
      expect(await service.post('model-versions/set-tag', { name, version, ...body })).toMatchObject({
        status: 200,
        body: {},
      });
    }
    const tags = [
      { key: 'a', value: '2' },
      { key: 'b', value: '' },
    ];
    expect(await service.version(name, version)).toEqual({ ...before, tags });
    for (const key of ['b', 'b', 'never']) {
      expect(await service.delete('model-versions/delete-tag', { name, version, key })).toMatchObject({
        status: 200,
        body: {},
      });
    }
    expect(await service.version(name, version)).toEqual({ ...before, tags: tags.slice(0, 1) });
  });

  it('say that it is a prompt when its text is too long', async () => {
    const set = (key: string) =>
      service.post('model-versions/set-tag', { name, version: '1', key, value: 'x'.repeat(100_001) });
    expect(await set('mlflow.prompt.text')).toMatchObject(
      invalid('Prompt text exceeds max length of 100000 characters'),
    );
    expect(await set('other')).toMatchObject(invalid("'value' exceeds the maximum length of 100000 characters"));
  });

  it('cannot be created with a bad tag or without a source', async () => {
    const create = (body: object) => service.post('model-versions/create', { name, ...body });
    expect(await create({ source: 's3://b/x', tags: [{ key: '../a' }] })).toMatchObject(invalid("for parameter 'key'"));
    expect(await create({})).toMatchObject(invalid("Missing value for required parameter 'source'"));
    expect(await create({ source: null })).toMatchObject(invalid("Missing value for required parameter 'source'"));
    expect(await create({ source: 's3://b/x', name: 'a/b' })).toMatchObject(invalid('Names cannot contain'));
  });

  it.each([
    ['get', 'model-versions/get', {}],
    ['get', 'model-versions/get-download-uri', {}],
    ['patch', 'model-versions/update', {}],
    ['delete', 'model-versions/delete', {}],
    ['post', 'model-versions/transition-stage', { stage: 'Staging' }],
    ['post', 'model-versions/set-tag', { key: 'k' }],
    ['delete', 'model-versions/delete-tag', { key: 'k' }],
  ] as const)('answer %s %s with 404 when version or model are not there', async (verb, path, body) => {
    for (const model of [name, 'nobody']) {
      const answer = await service[verb](path, { name: model, version: '999', ...body } as never);
      expect(answer).toMatchObject(missing(`Model Version (name=${model}, version=999) not found`));
    }
  });

  it('say which parameter of a download is missing', async () => {
    const uri = (query: Record<string, string>) => service.get('model-versions/get-download-uri', query);
    expect(await uri({ name, version: '' })).toMatchObject(invalid("Parameter 'version' must be an integer, got ''"));
    expect(await uri({ name: '', version: '1' })).toMatchObject(invalid("Missing value for required parameter 'name'"));
    expect(await uri({ name, version: '1' })).toMatchObject({
      status: 200,
      body: { artifact_uri: 's3://bucket/a b/model' },
    });
  });
});
