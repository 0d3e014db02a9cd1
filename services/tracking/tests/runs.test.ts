import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { error, startService, type TrackingService } from './_service.ts';

describe('runs', () => {
  let service: TrackingService;
  let experiment_id: string;
  beforeAll(async () => {
    service = await startService();
    experiment_id = await service.newExperiment();
  });
  afterAll(() => service?.close());

  const tagsOf = (run: { data: { tags: { key: string; value: string }[] } }) =>
    Object.fromEntries(run.data.tags.map(({ key, value }) => [key, value]));

  it('are created as asked, and read back the same', async () => {
    const { status, body } = await service.post('runs/create', {
      experiment_id,
      user_id: 'ada',
      run_name: 'first',
      start_time: 1_700_000_000_000,
      tags: [{ key: 'mlflow.source.name', value: 'train.py' }],
    });
    const run = body['run'] as { info: { run_id: string } };
    const { run_id } = run.info;
    expect(status).toBe(200);
    expect(run).toEqual({
      info: {
        run_id: expect.stringMatching(/^[0-9a-f]{32}$/),
        run_uuid: run_id,
        run_name: 'first',
        experiment_id,
        user_id: 'ada',
        status: 'RUNNING',
        start_time: 1_700_000_000_000,
        artifact_uri: `mlflow-artifacts:/${experiment_id}/${run_id}/artifacts`,
        lifecycle_stage: 'active',
      },
      data: {
        tags: [
          { key: 'mlflow.runName', value: 'first' },
          { key: 'mlflow.source.name', value: 'train.py' },
        ],
      },
      inputs: {},
    });
    const read = { ...run, outputs: {} };
    expect(await service.run(run_id)).toEqual(read);
    expect((await service.get('runs/get', { run_uuid: run_id })).body['run']).toEqual(read);
  });

  it('get a name when none is given, from their tags or else a random one', async () => {
    const create = async (body: object) =>
      (await service.post('runs/create', { experiment_id, ...body })).body['run'] as never as {
        info: { run_name: string; start_time: number; user_id: string };
        data: { tags: { key: string; value: string }[] };
      };
    const named = await create({ tags: [{ key: 'mlflow.runName', value: 'from tag' }] });
    expect(named).toMatchObject({ info: { run_name: 'from tag', start_time: 0, user_id: '' } });
    const random = await create({});
    expect(random.info.run_name).toMatch(/^[a-z]+-[a-z]+-\d{1,3}$/);
    expect(random.info.run_name.length).toBeLessThanOrEqual(20);
    expect(tagsOf(random)).toEqual({ 'mlflow.runName': random.info.run_name });
    expect(
      await service.post('runs/create', {
        experiment_id,
        run_name: 'a',
        tags: [{ key: 'mlflow.runName', value: 'b' }],
      }),
    ).toMatchObject({
      status: 400,
      body: error('INVALID_PARAMETER_VALUE', "Both 'run_name' argument and 'mlflow.runName' tag are specified"),
    });
  });

  it.each([
    [{ experiment_id: '99999' }, 404, 'RESOURCE_DOES_NOT_EXIST', 'No Experiment with id=99999 exists'],
    [{ experiment_id: 'x' }, 400, 'INVALID_PARAMETER_VALUE', "Invalid experiment ID 'x'"],
    [{}, 400, 'BAD_REQUEST', 'experiment_id'],
    [
      { experiment_id: '0', start_time: 12.5 },
      400,
      'INVALID_PARAMETER_VALUE',
      "Invalid value 12.5 for parameter 'start_time'",
    ],
  ])('are not created from %j', async (body, status, code, message) => {
    expect(await service.post('runs/create', body)).toMatchObject({ status, body: error(code, message) });
  });

  it('are not created in a deleted experiment', async () => {
    const deleted = await service.newExperiment();
    await service.post('experiments/delete', { experiment_id: deleted });
    expect(await service.post('runs/create', { experiment_id: deleted })).toMatchObject({
      status: 400,
      body: error(
        'INVALID_PARAMETER_VALUE',
        `The experiment ${deleted} must be in the 'active' state. Current state is deleted.`,
      ),
    });
  });

  it('change only what an update names', async () => {
    const run_id = await service.newRun(experiment_id);
    const finished = await service.post('runs/update', { run_id, status: 'FINISHED', end_time: 5 });
    expect(finished.body['run_info']).toMatchObject({ status: 'FINISHED', end_time: 5 });
    const renamed = await service.post('runs/update', { run_id, run_name: 'new name' });
    expect(renamed.body['run_info']).toMatchObject({ status: 'FINISHED', end_time: 5, run_name: 'new name' });
    expect(tagsOf((await service.run(run_id)) as never)).toEqual({ 'mlflow.runName': 'new name' });
    const unnamed = await service.post('runs/update', { run_id, run_name: '', status: 'RUNNING', end_time: 0 });
    expect(unnamed.body['run_info']).toMatchObject({ status: 'RUNNING', run_name: 'new name' });
    expect(unnamed.body['run_info']).not.toHaveProperty('end_time');
  });

  it('are deleted and restored any number of times', async () => {
    const run_id = await service.newRun(experiment_id);
    for (const path of ['runs/delete', 'runs/delete']) {
      expect(await service.post(path, { run_id })).toMatchObject({ status: 200, body: {} });
    }
    expect(await service.run(run_id)).toMatchObject({ info: { lifecycle_stage: 'deleted' } });
    for (const path of ['runs/restore', 'runs/restore']) {
      expect(await service.post(path, { run_id })).toMatchObject({ status: 200, body: {} });
    }
    expect(await service.run(run_id)).toMatchObject({ info: { lifecycle_stage: 'active' } });
  });

  const writes: [string, object][] = [
    ['runs/log-metric', { key: 'm', value: 1, timestamp: 1 }],
    ['runs/log-parameter', { key: 'p', value: '1' }],
    ['runs/log-batch', { tags: [{ key: 't', value: 'x' }] }],
    ['runs/set-tag', { key: 't', value: 'x' }],
    ['runs/delete-tag', { key: 'mlflow.runName' }],
    ['runs/update', { status: 'FINISHED' }],
    ['runs/log-inputs', { models: [{ model_id: 'm-1' }] }],
    ['runs/outputs', { models: [{ model_id: 'm-1' }] }],
    [
      'runs/log-model',
      { model_json: JSON.stringify({ run_id: 'r', artifact_path: 'a', utc_time_created: 't', flavors: {} }) },
    ],
  ];

  it.each(['runs/log-batch', 'runs/log-inputs'])('have an id of a certain form in %s', async (path) => {
    expect(await service.post(path, { run_id: 'a b' })).toMatchObject({
      status: 400,
      body: error('INVALID_PARAMETER_VALUE', `Invalid value "a b" for parameter 'run_id' supplied`),
    });
  });

  it.each(writes)('refuse %s when deleted', async (path, body) => {
    const run_id = await service.newRun(experiment_id);
    await service.post('runs/delete', { run_id });
    const before = await service.run(run_id);
    expect(await service.post(path, { run_id, ...body })).toMatchObject({
      status: 400,
      body: error('INVALID_PARAMETER_VALUE', `The run ${run_id} must be in the 'active' state`),
    });
    expect(await service.run(run_id)).toEqual(before);
  });

  it.each([...writes, ['runs/delete', {}], ['runs/restore', {}]] as [string, object][])(
    'answer %s with 404 when there is no such run',
    async (path, body) => {
      for (const run_id of ['f'.repeat(32), 'nope', 'F'.repeat(32)]) {
        expect(await service.post(path, { run_id, ...body })).toMatchObject({
          status: 404,
          body: error('RESOURCE_DOES_NOT_EXIST', `Run with id=${run_id} not found`),
        });
      }
    },
  );

  it('keep tags: the last value wins, an empty one counts, and a missing one cannot be deleted', async () => {
    const run_id = await service.newRun(experiment_id);
    await service.post('runs/set-tag', { run_id, key: 'a', value: '1' });
    await service.post('runs/set-tag', { run_id, key: 'a' });
    expect(tagsOf((await service.run(run_id)) as never)).toMatchObject({ a: '' });
    expect(await service.post('runs/delete-tag', { run_id, key: 'a' })).toMatchObject({ status: 200 });
    expect(await service.post('runs/delete-tag', { run_id, key: 'a' })).toMatchObject({
      status: 404,
      body: error('RESOURCE_DOES_NOT_EXIST', `No tag with name: a in run with id ${run_id}`),
    });
  });

  it('are renamed by their name tag, but not to nothing', async () => {
    const run_id = await service.newRun(experiment_id);
    await service.post('runs/set-tag', { run_id, key: 'mlflow.runName', value: 'by tag' });
    await service.post('runs/set-tag', { run_id, key: 'mlflow.runName', value: '' });
    const run = await service.run(run_id);
    expect(run).toMatchObject({ info: { run_name: 'by tag' } });
    expect(tagsOf(run as never)).toEqual({ 'mlflow.runName': 'by tag' });
  });

  it('keep the first word on a data set, whatever is logged later', async () => {
    const run_id = await service.newRun(experiment_id);
    const dataset = { name: 'iris', digest: 'd1', source_type: 'local', source: 'here' };
    const input = { dataset, tags: [{ key: 'mlflow.data.context', value: 'training' }] };
    await service.post('runs/log-inputs', { run_id, datasets: [input, input], models: [{ model_id: 'm-1' }] });
    const later = { dataset: { ...dataset, source: 'elsewhere', profile: '{}' }, tags: [] };
    await service.post('runs/log-inputs', { run_id, datasets: [later], models: [{ model_id: 'm-1' }] });
    expect(await service.run(run_id)).toMatchObject({
      inputs: { dataset_inputs: [{ dataset, tags: input.tags }], model_inputs: [{ model_id: 'm-1' }] },
    });
    expect(
      await service.post('runs/log-inputs', {
        run_id,
        datasets: [{ dataset: { ...dataset, digest: 'x'.repeat(37) } }],
      }),
    ).toMatchObject({
      status: 400,
      body: error('INVALID_PARAMETER_VALUE', "'digest' exceeds the maximum length of 36"),
    });
  });

  it('link the models they make once each', async () => {
    const run_id = await service.newRun(experiment_id);
    const models = [{ model_id: 'm-1', step: 3 }, { model_id: 'm-2' }];
    for (let i = 0; i < 2; i++) await service.post('runs/outputs', { run_id, models });
    expect(await service.run(run_id)).toMatchObject({
      outputs: {
        model_outputs: [
          { model_id: 'm-2', step: 0 },
          { model_id: 'm-1', step: 3 },
        ],
      },
    });
  });

  it('remember models logged by old clients, without the configuration of their flavors', async () => {
    const run_id = await service.newRun(experiment_id);
    const model = { run_id, artifact_path: 'model', utc_time_created: 'now', flavors: { sk: { a: 1, config: 'x' } } };
    for (let i = 0; i < 2; i++) await service.post('runs/log-model', { run_id, model_json: JSON.stringify(model) });
    const history = JSON.parse(
      tagsOf((await service.run(run_id)) as never)['mlflow.log-model.history'] ?? '',
    ) as unknown[];
    expect(history).toEqual(Array(2).fill({ ...model, model_uuid: null, flavors: { sk: { a: 1 } } }));
    expect(await service.post('runs/log-model', { run_id, model_json: '{' })).toMatchObject({
      status: 400,
      body: error('INVALID_PARAMETER_VALUE', 'Malformed model info'),
    });
    expect(await service.post('runs/log-model', { run_id, model_json: '{}' })).toMatchObject({
      status: 400,
      body: error('INVALID_PARAMETER_VALUE', 'missing mandatory fields'),
    });
    await service.post('runs/set-tag', { run_id, key: 'mlflow.log-model.history', value: 'nonsense' });
    expect(await service.post('runs/log-model', { run_id, model_json: JSON.stringify(model) })).toMatchObject({
      status: 400,
      body: error('INVALID_PARAMETER_VALUE', `'mlflow.log-model.history' is not a JSON list`),
    });
  });
});
