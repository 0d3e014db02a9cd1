import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { error, startService, type TrackingService } from './_service.ts';

describe('experiments', () => {
  let service: TrackingService;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service?.close());

  const experiment = async (id: string) =>
    (await service.get('experiments/get', { experiment_id: id })).body['experiment'] as Record<string, unknown>;

  it('begin with Default, number 0', async () => {
    expect(await experiment('0')).toEqual({
      experiment_id: '0',
      name: 'Default',
      artifact_location: 'mlflow-artifacts:/0',
      lifecycle_stage: 'active',
      last_update_time: expect.any(Number),
      creation_time: expect.any(Number),
    });
  });

  it('are created with tags, found by id and by name', async () => {
    const created = await service.post('experiments/create', { name: 'a b/ü', tags: [{ key: 'team', value: 'x\ny' }] });
    const id = created.body['experiment_id'] as string;
    expect(created).toMatchObject({ status: 200, body: { experiment_id: expect.stringMatching(/^\d+$/) } });
    const byName = await service.get('experiments/get-by-name', { experiment_name: 'a b/ü' });
    expect(byName.body['experiment']).toEqual(await experiment(id));
    expect(byName.body['experiment']).toMatchObject({
      artifact_location: `mlflow-artifacts:/${id}`,
      tags: [{ key: 'team', value: 'x\ny' }],
    });
  });

  it('keep the query string of an artifact location at the end', async () => {
    const { body } = await service.post('experiments/create', { name: 'query', artifact_location: 's3://b/p?x=1' });
    const run = await service.newRun(body['experiment_id'] as string);
    expect(await service.run(run)).toMatchObject({ info: { artifact_uri: `s3://b/p/${run}/artifacts?x=1` } });
  });

  it.each([
    ['a fragment', 's3://b/p#x', "can't include fragments or params"],
    ['params', 's3://b/p;x', "can't include fragments or params"],
    ['a way up in its query', 's3://b/p?x=%2e%2e', 'Invalid query string'],
    ['a run', 'runs:/abc', 'Artifact location cannot be a runs:/ URI'],
    ['too much text', `s3://${'b'.repeat(2050)}`, 'Invalid artifact path length'],
  ])('refuse an artifact location with %s', async (_what, artifact_location, message) => {
    const answer = await service.post('experiments/create', { name: crypto.randomUUID(), artifact_location });
    expect(answer).toMatchObject({ status: 400, body: error('INVALID_PARAMETER_VALUE', message) });
  });

  it('keep a name taken, even when deleted', async () => {
    const { body } = await service.post('experiments/create', { name: 'taken' });
    await service.post('experiments/delete', { experiment_id: body['experiment_id'] });
    expect(await service.post('experiments/create', { name: 'taken' })).toMatchObject({
      status: 400,
      body: error('RESOURCE_ALREADY_EXISTS', 'Experiment(name=taken) already exists'),
    });
  });

  it('take their runs with them when deleted, and bring all back when restored', async () => {
    const id = await service.newExperiment();
    const [kept, gone] = [await service.newRun(id), await service.newRun(id)];
    await service.post('runs/delete', { run_id: gone });
    expect(await service.post('experiments/delete', { experiment_id: id })).toMatchObject({ status: 200, body: {} });
    expect(await experiment(id)).toMatchObject({ lifecycle_stage: 'deleted' });
    expect(await service.run(kept)).toMatchObject({ info: { lifecycle_stage: 'deleted' } });
    expect(await service.post('experiments/delete', { experiment_id: id })).toMatchObject({
      status: 404,
      body: error('RESOURCE_DOES_NOT_EXIST', `No Experiment with id=${id} exists`),
    });
    expect(await service.post('experiments/restore', { experiment_id: id })).toMatchObject({ status: 200 });
    expect(await service.run(gone)).toMatchObject({ info: { lifecycle_stage: 'active' } });
    expect(await service.post('experiments/restore', { experiment_id: id })).toMatchObject({ status: 404 });
  });

  it('are renamed only while active, and not to a name in use', async () => {
    const id = await service.newExperiment();
    expect(await service.post('experiments/update', { experiment_id: id, new_name: 'renamed' })).toMatchObject({
      status: 200,
    });
    expect(await experiment(id)).toMatchObject({ name: 'renamed' });
    expect(await service.post('experiments/update', { experiment_id: id, new_name: 'Default' })).toMatchObject({
      status: 400,
    });
    await service.post('experiments/delete', { experiment_id: id });
    expect(await service.post('experiments/update', { experiment_id: id, new_name: 'other' })).toMatchObject({
      status: 500,
      body: error('INVALID_STATE', 'Cannot rename a non-active experiment'),
    });
  });

  it('set and delete tags while active', async () => {
    const experiment_id = await service.newExperiment();
    await service.post('experiments/set-experiment-tag', { experiment_id, key: 'k', value: 'v' });
    await service.post('experiments/set-experiment-tag', { experiment_id, key: 'k' });
    expect(await experiment(experiment_id)).toMatchObject({ tags: [{ key: 'k', value: '' }] });
    expect(await service.post('experiments/delete-experiment-tag', { experiment_id, key: 'k' })).toMatchObject({
      status: 200,
    });
    expect(await service.post('experiments/delete-experiment-tag', { experiment_id, key: 'k' })).toMatchObject({
      status: 404,
      body: error('RESOURCE_DOES_NOT_EXIST', `No tag with name: k in experiment with id ${experiment_id}`),
    });
    await service.post('experiments/delete', { experiment_id });
    expect(await service.post('experiments/set-experiment-tag', { experiment_id, key: 'k' })).toMatchObject({
      status: 400,
      body: error('INVALID_PARAMETER_VALUE', `The experiment ${experiment_id} must be in the 'active' state`),
    });
  });

  it.each([
    ['experiments/create', {}, "Missing value for required parameter 'name'"],
    ['experiments/create', { name: 12 }, "Invalid value 12 for parameter 'name' supplied"],
    ['experiments/create', { name: 'é'.repeat(501) }, "'name' exceeds the maximum length of 500 characters"],
    [
      'experiments/delete',
      { experiment_id: 'abc' },
      "Invalid experiment ID 'abc'. Experiment ID must be a valid integer.",
    ],
    ['experiments/search', {}, "Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer"],
    ['experiments/search', { max_results: 50_001 }, 'It must be at most 50000'],
    ['experiments/search', { max_results: 5, page_token: 'evil hax' }, 'Invalid page token, could not base64-decode'],
    ['experiments/search', { max_results: 5, page_token: btoa('{"offset": 0}') }, 'Invalid page token, parsed value='],
    ['experiments/search', { max_results: 5, filter: "attributes.name = 'x'" }, "Invalid entity type 'attributes'"],
    ['experiments/search', { max_results: 5, order_by: ['tags.x'] }, 'Invalid order_by entity: tag'],
  ])('refuse %s %j', async (path, body, message) => {
    expect(await service.post(path, body)).toMatchObject({
      status: 400,
      body: error('INVALID_PARAMETER_VALUE', message),
    });
  });

  describe('searched', () => {
    const names = ['alpha', 'Zeta', 'zeta_2'];
    let ids: string[];
    beforeAll(async () => {
      ids = [];
      for (const name of names) {
        const { body } = await service.post('experiments/create', { name, tags: [{ key: 'group', value: name }] });
        ids.push(body['experiment_id'] as string);
      }
    });

    const found = async (request: Record<string, unknown>) => {
      const { body } = await service.post('experiments/search', { max_results: 1000, ...request });
      return ((body['experiments'] ?? []) as { name: string }[]).map(({ name }) => name);
    };

    it.each([
      ["name = 'alpha'", ['alpha']],
      ["attribute.name LIKE 'z%'", ['zeta_2']],
      ["name ILIKE 'z%'", ['zeta_2', 'Zeta']],
      ["tags.group IS NOT NULL AND name != 'Zeta'", ['zeta_2', 'alpha']],
      ["tag.`group` = 'Zeta'", ['Zeta']],
    ])('by %s', async (filter, expected) => {
      expect(await found({ filter })).toEqual(expected);
    });

    it('come newest first, or as asked, in pages without a token after the last', async () => {
      const filter = 'tags.group IS NOT NULL';
      expect(await found({ filter })).toEqual(['zeta_2', 'Zeta', 'alpha']);
      expect(await found({ filter, order_by: ['name DESC'] })).toEqual(['zeta_2', 'alpha', 'Zeta']);
      const first = await service.post('experiments/search', { filter, max_results: 2 });
      const second = await service.post('experiments/search', {
        filter,
        max_results: 1,
        page_token: first.body['next_page_token'],
      });
      expect(second.body).toEqual({ experiments: [expect.objectContaining({ name: 'alpha' })] });
    });

    it('show deleted ones only when asked', async () => {
      await service.post('experiments/delete', { experiment_id: ids[0] });
      expect(await found({ filter: "name = 'alpha'" })).toEqual([]);
      expect(await found({ filter: "name = 'alpha'", view_type: 'DELETED_ONLY' })).toEqual(['alpha']);
      expect(await found({ filter: "name = 'alpha'", view_type: 'ALL' })).toEqual(['alpha']);
    });
  });
});
