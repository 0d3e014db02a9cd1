import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loggedModels } from './_logged-models.ts';
import { error, startService, type TrackingService } from './_service.ts';

describe('logged models', () => {
  let service: TrackingService;
  let models: ReturnType<typeof loggedModels>;
  let experiment_id: string;
  beforeAll(async () => {
    service = await startService();
    models = loggedModels(service);
    experiment_id = await service.newExperiment();
  });
  afterAll(() => service?.close());

  const newModel = async (more: Record<string, unknown> = {}) =>
    (await models.create({ experiment_id, ...more })).info.model_id;
  const notFound = (id: string) => ({
    status: 404,
    body: error('RESOURCE_DOES_NOT_EXIST', `Logged model with ID '${id}' not found.`),
  });

  it('are created pending, with params, tags and a place for artifacts', async () => {
    const model = await models.create({
      experiment_id,
      name: 'churn',
      model_type: 'Agent',
      source_run_id: 'a run of another server',
      params: [{ key: 'lr[0] & more', value: '0.1' }, { key: 'empty' }],
      tags: [{ key: 't', value: 'last' }],
    });
    const { model_id } = model.info;
    expect(model_id).toMatch(/^m-[0-9a-f]{32}$/);
    expect(model).toEqual({
      info: {
        model_id,
        experiment_id,
        name: 'churn',
        creation_timestamp_ms: expect.any(Number),
        last_updated_timestamp_ms: expect.any(Number),
        artifact_uri: `mlflow-artifacts:/${experiment_id}/models/${model_id}/artifacts`,
        status: 'LOGGED_MODEL_PENDING',
        model_type: 'Agent',
        source_run_id: 'a run of another server',
        tags: [{ key: 't', value: 'last' }],
      },
      data: {
        params: [
          { key: 'empty', value: '' },
          { key: 'lr[0] & more', value: '0.1' },
        ],
      },
    });
    expect(await models.get(model_id)).toEqual(model);
  });

  it('are given a random name when they have none, and may share one', async () => {
    const { info, data } = await models.create({ experiment_id });
    expect(info).toMatchObject({
      name: expect.stringMatching(/^[a-z]+-[a-z]+-\d+$/),
      model_type: '',
      source_run_id: '',
    });
    expect(data).toEqual({});
    expect(await newModel({ name: 'twin' })).not.toBe(await newModel({ name: 'twin' }));
  });

  it('keep their artifacts below the location of their experiment, before its query string', async () => {
    const { body } = await service.post('experiments/create', { name: 'elsewhere', artifact_location: 's3://b/p?x=1' });
    const { info } = await models.create({ experiment_id: body['experiment_id'] });
    expect(info).toMatchObject({ artifact_uri: `s3://b/p/models/${info.model_id}/artifacts?x=1` });
  });

  it.each(['a/b', 'a:b', 'a.b', 'a%b', 'a"b', "a'b"])('refuse the name %s', async (name) => {
    expect(await models.call('POST', '', { experiment_id, name })).toMatchObject({
      status: 400,
      body: error('INVALID_PARAMETER_VALUE', 'Invalid model name ('),
    });
  });

  it.each([
    [{ name: 'x' }, 400, "Missing value for required parameter 'experiment_id'"],
    [{ experiment_id: 'abc' }, 400, "Invalid experiment ID 'abc'. Experiment ID must be a valid integer."],
    [{ experiment_id: '999999' }, 404, 'No Experiment with id=999999 exists'],
    [{ experiment_id: '0', name: 'x'.repeat(501) }, 400, "'name' exceeds the maximum length of 500 characters"],
    [
      { experiment_id: '0', params: [{ key: 'a' }, { key: 'a' }] },
      400,
      "Duplicate parameter keys have been submitted: ['a']",
    ],
    [
      { experiment_id: '0', tags: [{ key: 't' }, { key: 't', value: 'last' }] },
      400,
      "Duplicate tag keys have been submitted: ['t']",
    ],
    [{ experiment_id: '0', tags: [{ key: 'a&b' }] }, 400, `Invalid value "a&b" for parameter 'tags[0].key'`],
  ])('refuse to be created as %j', async (request, status, message) => {
    const answer = await models.call('POST', '', request);
    expect(answer).toMatchObject({ status, body: { message: expect.stringContaining(message) } });
  });

  it('are not created in a deleted experiment', async () => {
    const gone = await service.newExperiment();
    await service.post('experiments/delete', { experiment_id: gone });
    expect(await models.call('POST', '', { experiment_id: gone })).toMatchObject({
      status: 400,
      body: error(
        'INVALID_PARAMETER_VALUE',
        `The experiment ${gone} must be in the 'active' state. Current state is deleted.`,
      ),
    });
  });

  it('go from any status to any other, by name or number', async () => {
    const id = await newModel();
    const before = await models.get(id);
    for (const [status, name] of [
      ['LOGGED_MODEL_READY', 'LOGGED_MODEL_READY'],
      [3, 'LOGGED_MODEL_UPLOAD_FAILED'],
      ['LOGGED_MODEL_PENDING', 'LOGGED_MODEL_PENDING'],
    ]) {
      const answer = await models.call('PATCH', `/${id}`, { model_id: id, status });
      expect(models.modelOf(answer)).toEqual({
        ...before,
        info: { ...before.info, status: name, last_updated_timestamp_ms: expect.any(Number) },
      });
      expect((await models.get(id)).info).toMatchObject({ status: name });
    }
  });

  it('are not finalized without a status, with one that is none, or when there is no such model', async () => {
    const id = await newModel();
    expect(await models.call('PATCH', `/${id}`, {})).toMatchObject({
      status: 400,
      body: error('INVALID_PARAMETER_VALUE', "Missing value for required parameter 'status'"),
    });
    expect(await models.call('PATCH', `/${id}`, { status: 'DONE' })).toMatchObject({
      status: 400,
      body: error('INVALID_PARAMETER_VALUE', `Invalid value "DONE" for parameter 'status' supplied`),
    });
    expect(await models.call('PATCH', '/m-x', { model_id: 'm-x', status: 2 })).toMatchObject(notFound('m-x'));
  });

  it('are hidden once deleted, except from those who ask for deleted ones', async () => {
    const id = await newModel({ name: 'short-lived' });
    expect(await models.call('DELETE', `/${id}`)).toMatchObject({ status: 200, body: {} });
    expect(await models.call('DELETE', `/${id}`)).toMatchObject({ status: 200 });
    expect(await models.call('GET', `/${id}`)).toMatchObject(notFound(id));
    expect(await models.call('GET', `/${id}?allow_deleted=False`)).toMatchObject(notFound(id));
    expect(models.modelOf(await models.call('GET', `/${id}?allow_deleted=True`)).info).toMatchObject({ model_id: id });
    const { body } = await models.search({ experiment_ids: [experiment_id], filter: "name = 'short-lived'" });
    expect(body).toEqual({});
    expect(await models.call('PATCH', `/${id}/tags`, { tags: [{ key: 'a', value: 'b' }] })).toMatchObject(notFound(id));
    expect(await models.call('POST', `/${id}/params`, { params: [{ key: 'a' }] })).toMatchObject(notFound(id));
    expect(await models.call('PATCH', `/${id}`, { status: 'LOGGED_MODEL_READY' })).toMatchObject({ status: 200 });
    expect(await models.call('DELETE', '/m-x')).toMatchObject(notFound('m-x'));
  });

  it('outlive the run that logged them', async () => {
    const run = await service.newRun(experiment_id);
    const id = await newModel({ source_run_id: run });
    await service.post('runs/delete', { run_id: run });
    expect((await models.get(id)).info).toMatchObject({ source_run_id: run });
  });

  it('take tags, one over the other, and give them up', async () => {
    const id = await newModel({ tags: [{ key: 'kept', value: '1' }] });
    const long = '{"json": "'.padEnd(9000, 'x');
    await models.call('PATCH', `/${id}/tags`, { tags: [{ key: 'a b/c', value: 'old' }, { key: 'empty' }] });
    await models.call('PATCH', `/${id}/tags`, { tags: [{ key: 'a b/c', value: long }] });
    expect((await models.get(id)).info).toMatchObject({
      tags: [
        { key: 'a b/c', value: long },
        { key: 'empty', value: '' },
        { key: 'kept', value: '1' },
      ],
    });
    expect(await models.call('DELETE', `/${id}/tags/a%20b%2Fc`)).toMatchObject({ status: 200, body: {} });
    expect(await models.call('DELETE', `/${id}/tags/empty`)).toMatchObject({ status: 200 });
    expect(await models.call('DELETE', `/${id}/tags/empty`)).toMatchObject({
      status: 404,
      body: error('RESOURCE_DOES_NOT_EXIST', `No tag with key 'empty' found for model with ID '${id}'`),
    });
    expect((await models.get(id)).info).toMatchObject({ tags: [{ key: 'kept', value: '1' }] });
    expect(await models.call('DELETE', '/m-x/tags/a')).toMatchObject(notFound('m-x'));
    expect(await models.call('PATCH', '/m-x/tags', { tags: [{ key: 'a' }] })).toMatchObject(notFound('m-x'));
  });

  it('take params once: the same again changes nothing, another value is refused as a whole', async () => {
    const id = await newModel();
    const params = [
      { key: 'depth', value: '3' },
      { key: 'long', value: 'x'.repeat(7000) },
    ];
    for (const _attempt of [1, 2]) {
      expect(await models.call('POST', `/${id}/params`, { model_id: id, params })).toMatchObject({
        status: 200,
        body: {},
      });
    }
    const changed = [
      { key: 'another', value: '1' },
      { key: 'depth', value: '4' },
    ];
    expect(await models.call('POST', `/${id}/params`, { model_id: id, params: changed })).toMatchObject({
      status: 400,
      body: error(
        'INVALID_PARAMETER_VALUE',
        `Changing param values is not allowed. Param with key='depth' was already logged with value='3'`,
      ),
    });
    expect((await models.get(id)).data.params).toEqual([
      { key: 'depth', value: '3' },
      { key: 'long', value: 'x'.repeat(6000) },
    ]);
    expect(await models.call('POST', '/m-x/params', { params })).toMatchObject(notFound('m-x'));
  });

  it('have every metric that was logged for them, with its run and data set', async () => {
    const id = await newModel();
    const run_id = await service.newRun(experiment_id);
    const acc = { run_id, key: 'acc', model_id: id };
    await service.post('runs/log-metric', {
      ...acc,
      value: 0.5,
      timestamp: 20,
      step: 1,
      dataset_name: 'd',
      dataset_digest: 'g',
    });
    await service.post('runs/log-metric', { ...acc, value: 0.9, timestamp: 10, step: 2 });
    await service.post('runs/log-metric', { ...acc, value: 0.9, timestamp: 10, step: 2 });
    const batch = [
      { key: 'loss', value: 'NaN', timestamp: 5, model_id: id },
      { key: 'loss', value: '-Infinity', timestamp: 6, model_id: id },
      { key: 'of the run alone', value: 1, timestamp: 7 },
    ];
    await service.post('runs/log-batch', { run_id, metrics: batch });
    const origin = { model_id: id, run_id };
    expect((await models.get(id)).data.metrics).toEqual([
      { key: 'acc', value: 0.9, timestamp: 10, step: 2, ...origin },
      { key: 'acc', value: 0.5, timestamp: 20, step: 1, dataset_name: 'd', dataset_digest: 'g', ...origin },
      { key: 'loss', value: 'NaN', timestamp: 5, step: 0, ...origin },
      { key: 'loss', value: -Number.MAX_VALUE, timestamp: 6, step: 0, ...origin },
    ]);
    expect(await service.run(run_id)).toMatchObject({ data: { metrics: [{ key: 'acc', value: 0.9 }, {}, {}] } });
  });

  it('show at most 25,000 points, the latest of every key among them', async () => {
    const id = await newModel();
    const run_id = await service.newRun(experiment_id);
    const log = (metrics: readonly object[]) => service.post('runs/log-batch', { run_id, metrics });
    await log([{ key: 'rare', value: 7, timestamp: 1, model_id: id }]);
    for (let first = 0; first < 25_000; first += 1000) {
      const steps = Array.from({ length: 1000 }, (_, i) => first + i);
      await log(steps.map((step) => ({ key: 'often', value: step, timestamp: 1000 + step, step, model_id: id })));
    }
    const points = (await models.get(id)).data.metrics ?? [];
    expect(points).toHaveLength(25_000);
    expect(points[0]).toMatchObject({ key: 'often', step: 1 });
    expect(points.at(-1)).toMatchObject({ key: 'rare', value: 7 });
  });

  it('refuse metrics for a model that does not exist, and store nothing of the batch', async () => {
    const run_id = await service.newRun(experiment_id);
    const metrics = [{ key: 'acc', value: 1, timestamp: 1, model_id: 'm-x' }];
    expect(await service.post('runs/log-batch', { run_id, metrics })).toMatchObject({
      status: 404,
      body: { message: expect.stringContaining('m-x') },
    });
    expect(await service.post('runs/log-metric', { run_id, ...metrics[0] })).toMatchObject({ status: 404 });
    expect(await service.run(run_id)).not.toMatchObject({ data: { metrics: expect.anything() } });
  });

  it('list no artifacts for whoever asks beyond them, or while the artifact proxy is away', async () => {
    const id = await newModel();
    const list = (path: string) => models.call('GET', `/${id}/artifacts/directories?artifact_directory_path=${path}`);
    expect(await list('..%2Fother')).toMatchObject({
      status: 400,
      body: error('INVALID_PARAMETER_VALUE', 'Invalid path'),
    });
    const away = await list('');
    expect(away).toMatchObject({ status: 503, body: error('TEMPORARILY_UNAVAILABLE', '') });
    expect(away.headers.get('retry-after')).not.toBeNull();
    expect(await models.call('GET', '/m-x/artifacts/directories')).toMatchObject(notFound('m-x'));
  });
});
