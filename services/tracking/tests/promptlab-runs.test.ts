import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startFakeArtifactProxy } from './_artifact-proxy.ts';
import { error, startService, type TrackingService } from './_service.ts';

type Run = {
  readonly info: Readonly<Record<string, unknown>> & { readonly run_id: string };
  readonly data: Readonly<Record<'params' | 'tags', readonly { readonly key: string; readonly value: string }[]>>;
};

let proxy: Awaited<ReturnType<typeof startFakeArtifactProxy>>;
let service: TrackingService;
let experiment_id: string;
beforeAll(async () => {
  proxy = await startFakeArtifactProxy();
  service = await startService({ ARTIFACT_PROXY_GRPC: proxy.address });
  experiment_id = await service.newExperiment();
});
afterAll(async () => {
  await service?.close();
  await proxy?.close();
});

const create = (request: unknown, root = '/ajax-api') =>
  service.call('POST', `${root}/2.0/mlflow/runs/create-promptlab-run`, request);
const least = () => ({
  experiment_id,
  prompt_template: 'T {{ a }}',
  prompt_parameters: [{ key: 'a', value: '1' }],
  model_route: 'chat',
  model_input: 'T 1',
  mlflow_version: '3.17.2',
});
const runsStored = async () => {
  const { body } = await service.post('runs/search', { experiment_ids: [experiment_id] });
  return ((body['runs'] ?? []) as Run[]).length;
};
const asRecord = (pairs: readonly { readonly key: string; readonly value: string }[]) =>
  Object.fromEntries(pairs.map(({ key, value }) => [key, value]));

describe('a trial of a prompt', () => {
  it('becomes a finished run with its parameters, a table and a model', async () => {
    const request = {
      ...least(),
      run_name: 'lab',
      tags: [{ key: 'team', value: 'x' }],
      prompt_template: 'Say {{ a }} to {{ b }}',
      prompt_parameters: [
        { key: 'a', value: 'hi "q"\n: yes' },
        { key: 'b', value: 'no' },
      ],
      model_parameters: [{ key: 'temperature', value: '0.5' }],
      model_input: 'Say hi',
      model_output: 'hello',
      model_output_parameters: [{ key: 'tokens', value: '10' }],
      user_id: 'ada',
      start_time: 123,
    };
    const { status, body } = await create(request);
    expect(status).toBe(200);
    const { info, data } = body['run'] as Run;
    expect(info).toMatchObject({ run_name: 'lab', user_id: 'ada', status: 'FINISHED', start_time: 123 });
    expect(info['end_time']).toBeGreaterThan(123);
    expect(asRecord(data.params)).toEqual({
      temperature: '0.5',
      model_route: 'chat',
      prompt_template: 'Say {{ a }} to {{ b }}',
    });
    expect(asRecord(data.tags)).toMatchObject({
      team: 'x',
      'mlflow.runName': 'lab',
      'mlflow.loggedArtifacts': '[{"path": "eval_results_table.json", "type": "table"}]',
      'mlflow.runSourceType': 'PROMPT_ENGINEERING',
    });
    expect(body['run']).toEqual(await service.run(info.run_id));

    const file = (path: string) => proxy.files.get(`${experiment_id}/${info.run_id}/artifacts/${path}`) ?? 'missing';
    expect(JSON.parse(file('eval_results_table.json'))).toEqual({
      columns: ['a', 'b', 'prompt', 'output', 'tokens'],
      data: [['hi "q"\n: yes', 'no', 'Say hi', 'hello', '10']],
    });
    expect(JSON.parse(file('model/parameters.yaml'))).toEqual({
      model_parameters: { temperature: '0.5' },
      model_route: 'chat',
      prompt_parameters: { a: 'hi "q"\n: yes', b: 'no' },
      prompt_template: 'Say {{ a }} to {{ b }}',
    });
    const model = JSON.parse(file('model/MLmodel')) as Record<string, unknown>;
    expect(model).toMatchObject({
      artifact_path: 'model',
      run_id: info.run_id,
      mlflow_version: '3.17.2',
      flavors: {
        python_function: { loader_module: 'mlflow.prompt.promptlab_model', parameters_path: 'parameters.yaml' },
      },
    });
    expect(JSON.parse(asRecord(data.tags)['mlflow.log-model.history'] ?? '')).toMatchObject([
      { run_id: info.run_id, artifact_path: 'model', model_uuid: model['model_uuid'] },
    ]);
    for (const name of ['conda.yaml', 'python_env.yaml', 'requirements.txt', 'input_example.json'])
      expect(file(`model/${name}`)).not.toBe('missing');
  });

  it('needs no more than MLflow asks for', async () => {
    const before = Date.now();
    const { body } = await create(least());
    const { info } = body['run'] as Run;
    expect(info).toMatchObject({ run_name: expect.stringMatching(/^\w+-\w+-\d+$/), user_id: 'unknown' });
    expect(info['start_time']).toBeGreaterThanOrEqual(before);
    const table = proxy.files.get(`${experiment_id}/${info.run_id}/artifacts/eval_results_table.json`) ?? '';
    expect(JSON.parse(table)).toEqual({ columns: ['a', 'prompt', 'output'], data: [['1', 'T 1', null]] });
  });

  it.each(['experiment_id', 'prompt_template', 'prompt_parameters', 'model_route', 'model_input', 'mlflow_version'])(
    'is refused without %s',
    async (field) => {
      const body = error('INVALID_PARAMETER_VALUE', `CreatePromptlabRun request must specify ${field}.`);
      const empty = field === 'prompt_parameters' ? [] : '';
      expect(await create({ ...least(), [field]: undefined })).toMatchObject({ status: 400, body });
      expect(await create({ ...least(), [field]: empty })).toMatchObject({ status: 400, body });
    },
  );

  it('says the first thing that is missing', async () => {
    const body = error('INVALID_PARAMETER_VALUE', 'CreatePromptlabRun request must specify experiment_id.');
    expect(await create({})).toMatchObject({ status: 400, body });
  });

  it('leaves no run behind when it is refused or its files cannot be kept', async () => {
    const [runs, files] = [await runsStored(), proxy.files.size];
    const two = [
      { key: 'a', value: '1' },
      { key: 'a', value: '2' },
    ];
    for (const wrong of [
      { model_parameters: two },
      { model_parameters: [{ key: 'a&b', value: '1' }] },
      { tags: [{ key: '../x', value: '' }] },
      { run_name: 'a', tags: [{ key: 'mlflow.runName', value: 'b' }] },
      { mlflow_version: '3.0\nevil' },
      { experiment_id: 'x' },
      { model_input: 'x'.repeat(5 * 2 ** 20) },
    ]) {
      const answer = await create({ ...least(), ...wrong });
      expect([wrong, answer.status]).toEqual([wrong, 400]);
    }
    expect((await create({ ...least(), experiment_id: '999999999' })).status).toBe(404);
    expect(proxy.files.size).toBe(files);
    proxy.state.isDown = true;
    expect((await create(least())).status).toBe(503);
    proxy.state.isDown = false;
    expect(await runsStored()).toBe(runs);
  });

  it('is not for deleted experiments, nor for other than the browser', async () => {
    const deleted = await service.newExperiment();
    await service.post('experiments/delete', { experiment_id: deleted });
    expect(await create({ ...least(), experiment_id: deleted })).toMatchObject({
      status: 400,
      body: error('INVALID_PARAMETER_VALUE', "must be in the 'active' state"),
    });
    expect((await create(least(), '/api')).status).toBe(404);
  });
});

describe('the gateway', () => {
  it('has no endpoints, whatever is asked of it', async () => {
    for (const [verb, query] of [
      ['GET', ''],
      ['GET', '?gateway_path=api/2.0/endpoints'],
      ['POST', ''],
    ] as const) {
      const body = verb === 'POST' ? { gateway_path: 'gateway/chat/invocations', json_data: {} } : undefined;
      const answer = await service.call(verb, `/ajax-api/2.0/mlflow/gateway-proxy${query}`, body);
      expect(answer).toMatchObject({ status: 200, body: { endpoints: [] } });
    }
    expect((await service.get('gateway-proxy')).status).toBe(404);
  });
});
