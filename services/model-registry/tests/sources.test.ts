import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { grpcClient } from '@millrace/platform/contract/grpc-client';
import { ModelVersionService } from '@millrace/proto/registry/v1/model_versions';
import { invalid, missing, type RegistryService, refusal, startService } from './_service.ts';
import { startFakeTracking } from './_tracking.ts';

const RUNS = {
  local: { artifactUri: '/data/runs/local/artifacts' },
  file: { artifactUri: 'file:///data/runs/file/artifacts' },
  proxied: { artifactUri: 'mlflow-artifacts:/1/proxied/artifacts' },
};
const LOGGED_MODELS = {
  'm-local': { artifactUri: 'file:///data/models/m%20local', sourceRunId: '' },
  'm-proxied': { artifactUri: 'mlflow-artifacts:/1/models/m-proxied/artifacts', sourceRunId: 'proxied' },
};
const PROMPT = [{ key: 'mlflow.prompt.is_prompt', value: 'true' }];
const RELATIVE = invalid('If supplying a source as an http, https,');
const notOf = (parameter: string) => invalid(`The ${parameter} request parameter must identify the resource`);
const LOCAL = invalid('To use a local path as a model version source');

describe('the source of a version', () => {
  let tracking: Awaited<ReturnType<typeof startFakeTracking>>;
  let service: RegistryService;
  let name: string;
  beforeAll(async () => {
    tracking = await startFakeTracking(RUNS, LOGGED_MODELS);
    service = await startService({ TRACKING_GRPC: tracking.address });
    name = await service.newModel();
  });
  afterAll(async () => {
    await service?.close();
    await tracking?.close();
  });

  const create = (source: string, body: object = {}) =>
    service.post('model-versions/create', { name, source, ...body });
  const uriOf = async (version: string) =>
    (await service.get('model-versions/get-download-uri', { name, version })).body['artifact_uri'];

  it.each([
    's3://b/x',
    's3://b/x/',
    's3://b//a///b',
    's3://b/..../',
    's3://b/a+b',
    's3://b/100%',
    's3://b/x?y=..z#..z',
    'runs:/some-run/model',
    'dbfs:/x',
    'http:/x',
    'HTTPS://host:1/x',
    'C:/x',
  ])('may be %s', async (source) => {
    const answer = await create(source);
    expect(answer).toMatchObject({ status: 200, body: { model_version: { source } } });
    const { version } = answer.body['model_version'] as { version: string };
    expect(await uriOf(version)).toBe(source);
  });

  it.each([
    's3://b/../x',
    's3://b/a/..',
    's3://b/a/./b',
    's3://b/a/.',
    's3://b/a%2f..%2fb',
    's3://b/a%252f..%252fb',
    's3://b/%2e%2e/x',
    's3://b/%00',
    's3://b',
    's3://b/',
    's3:x',
    'mlflow-artifacts:/',
    'mlflow-artifacts:relative',
    'http://host/a%3f/../../b',
    'models:/',
  ])('may not be %s, which could mean another place', async (source) => {
    expect(await create(source, { run_id: 'local' })).toMatchObject(RELATIVE);
  });

  it.each([
    ['/data/runs/local/artifacts/model', { run_id: 'local' }],
    ['/data/runs/local/artifacts', { run_id: 'local' }],
    ['/data/runs/local/artifacts/model/../other/.', { run_id: 'local' }],
    ['file:///data/runs/local/artifacts/model', { run_id: 'local' }],
    ['file://localhost/data/runs/file/artifacts/a%20b', { run_id: 'file' }],
    ['/data/models/m local/files', { model_id: 'm-local', run_id: 'proxied' }],
  ])('may be the local path %s inside of %j', async (source, of) => {
    expect(await create(source, of)).toMatchObject({ status: 200, body: { model_version: { source } } });
  });

  it.each([
    ['/data/runs/local/artifacts/model', {}],
    ['/data/runs/local/artifacts/../secret', { run_id: 'local' }],
    ['/data/runs/local/artifacts-of-others', { run_id: 'local' }],
    ['file:///data/runs/local/artifacts/%2e%2e/secret', { run_id: 'local' }],
    ['/data/runs/local/artifacts', { run_id: 'proxied' }],
    ['/data/runs/local/artifacts', { run_id: 'local', model_id: 'm-local' }],
    ['model', { run_id: 'local' }],
    ['./model', { run_id: 'local' }],
    ['file:model', { run_id: 'local' }],
    ['///', { run_id: 'local' }],
  ])('may not be the local path %s with %j', async (source, of) => {
    expect(await create(source, of)).toMatchObject(LOCAL);
  });

  it('names a run or logged model that is there, when it is local', async () => {
    expect(await create('/x', { run_id: 'nope' })).toMatchObject(notOf('run_id'));
    expect(await create('/x', { model_id: 'm-nope' })).toMatchObject(missing('m-nope'));
    expect(await create('file://elsewhere/x')).toMatchObject(
      refusal(500, 'INTERNAL_ERROR', 'is not a valid remote uri'),
    );
  });

  it.each([
    ['prompt-template', 200],
    ['dummy-source', 200],
    ['../x', 400],
    ['s3://b/x', 400],
    ['mlflow-artifacts:/1/proxied/artifacts', 400],
    ['/x', 400],
    ['FILE:/x', 400],
    ['s3://b/../x', 400],
  ])('of a prompt may be %s: %i', async (source, status) => {
    expect(await create(source, { tags: PROMPT })).toMatchObject({ status });
  });

  it.each([
    ['mlflow-artifacts:/1/proxied/artifacts/model', { run_id: 'proxied' }],
    ['mlflow-artifacts://host:1/1/proxied/artifacts', { run_id: 'proxied' }],
    ['http://host/api/2.0/mlflow-artifacts/artifacts/1/proxied/artifacts/a%20b', { run_id: 'proxied' }],
    ['mlflow-artifacts:/1/models/m-proxied/artifacts', { model_id: 'm-proxied' }],
    ['models:/m-proxied', { model_id: 'm-proxied', run_id: 'local' }],
    ['runs:/proxied/model', { run_id: 'proxied' }],
    ['runs:/proxied/model', {}],
  ])('may be %s of %j, in which it lies', async (source, of) => {
    expect(await create(source, of)).toMatchObject({ status: 200, body: { model_version: { source } } });
  });

  it.each([
    ['mlflow-artifacts:/1/other/artifacts/model', { run_id: 'proxied' }, 'run_id'],
    ['mlflow-artifacts:/1/proxied/artifacts2', { run_id: 'proxied' }, 'run_id'],
    ['mlflow-artifacts:/1/proxied', { run_id: 'proxied' }, 'run_id'],
    ['mlflow-artifacts:/1/proxied/artifacts', {}, 'run_id'],
    ['mlflow-artifacts:/1/proxied/artifacts', { run_id: 'nope' }, 'run_id'],
    ['MLFLOW-ARTIFACTS:/1/other/artifacts', { run_id: 'proxied' }, 'run_id'],
    ['https://host/x/mlflow-artifacts/artifacts/1/other', { run_id: 'proxied' }, 'run_id'],
    ['mlflow-artifacts:/1/proxied/artifacts', { model_id: 'm-proxied' }, 'model_id'],
    ['models:/m-proxied', { model_id: 'm-local' }, 'model_id'],
    ['runs:/proxied/model', { run_id: 'local' }, 'run_id'],
    ['runs:/proxied/model', { model_id: 'm-proxied' }, 'model_id'],
    ['runs://profile/proxied/model', { run_id: 'proxied' }, 'run_id'],
  ])('may not be %s of %j, in which it does not lie', async (source, of, parameter) => {
    expect(await create(source, of)).toMatchObject(notOf(parameter));
  });

  it('may not be a version of a prompt', async () => {
    const prompt = await service.newModel({ tags: PROMPT });
    await service.newVersion(prompt, { source: 'dummy-source', tags: PROMPT });
    expect(await create(`models:/${prompt}/1`)).toMatchObject(invalid('A version of a prompt has no files'));
  });

  it('of a prompt says so when it is a path', async () => {
    expect(await create('/x', { tags: PROMPT })).toMatchObject(
      invalid('Local source paths are not allowed for prompts'),
    );
  });

  it('brings the run of a logged model along, unless another run is given', async () => {
    const model_id = 'm-proxied';
    expect(await create('s3://b/x', { model_id })).toMatchObject({ body: { model_version: { run_id: 'proxied' } } });
    expect(await create('s3://b/x', { model_id, run_id: 'r' })).toMatchObject({
      body: { model_version: { run_id: 'r' } },
    });
    expect(await create(`models:/${model_id}`)).toMatchObject({
      body: { model_version: { run_id: 'proxied', source: `models:/${model_id}` } },
    });
    expect(await create('models:/m-local')).toMatchObject({ body: { model_version: { run_id: '' } } });
    expect(await create('s3://b/x', { model_id: 'm-nope' })).toMatchObject(missing('m-nope'));
    expect(await create('models:/m-nope')).toMatchObject(missing('m-nope'));
  });

  it('leads to the files of the logged model or version it names, through any number of copies', async () => {
    const copyTo = await service.newModel();
    const logged = await service.newVersion(copyTo, { source: 'models:/m-proxied', model_id: 'm-proxied' });
    const copy = await service.newVersion(name, { source: `models:/${copyTo}/${logged.version}` });
    const source = `models:/${name}/${copy.version}`;
    const again = await service.newVersion(name, { source, run_id: 'proxied' });
    expect(copy).toMatchObject({ source: `models:/${copyTo}/1`, run_id: 'proxied', current_stage: 'None' });
    expect(again).toMatchObject({ source, run_id: 'proxied' });
    expect(await create(source, { run_id: 'mine' })).toMatchObject(invalid('must match the referenced model version'));
    expect(await uriOf(copy.version)).toBe(LOGGED_MODELS['m-proxied'].artifactUri);
    expect(await uriOf(again.version)).toBe(LOGGED_MODELS['m-proxied'].artifactUri);
    await service.delete('registered-models/delete', { name: copyTo });
    expect(await uriOf(again.version)).toBe(LOGGED_MODELS['m-proxied'].artifactUri);
  });

  it('is pinned to a version when it names a stage, an alias or the latest one', async () => {
    const model = await service.newModel();
    for (let i = 1; i <= 3; i++) await service.newVersion(model, { source: `s3://b/${i}` });
    await service.move(model, '1', 'Production');
    await service.post('registered-models/alias', { name: model, alias: 'best', version: '2' });
    for (const [uri, version] of [
      [`models:/${model}/production`, '1'],
      [`models:/${model}@best`, '2'],
      [`models:/${model}/latest`, '3'],
    ] as const) {
      const pinned = await service.newVersion(name, { source: uri });
      expect(pinned).toMatchObject({ source: `models:/${model}/${version}` });
      expect(await uriOf(pinned.version)).toBe(`s3://b/${version}`);
    }
    expect(await create(`models:/${model}/Staging`)).toMatchObject(missing(`stage 'Staging' found`));
    expect(await create(`models:/${model}/9`)).toMatchObject(
      missing(`Model Version (name=${model}, version=9) not found`),
    );
    expect(await create(`models:/${model}@nope`)).toMatchObject(invalid('Registered model alias nope not found'));
    expect(await create('models:/a/b/c')).toMatchObject(invalid('Unable to fetch model from model URI'));
  });

  it('is asked about on behalf of whoever creates the version', async () => {
    const identity = { actor: 'ci-bot', workspace: 'default' };
    const versions = grpcClient(ModelVersionService, `127.0.0.1:${service.grpcPort}`, { deadlineMs: 10_000, identity });
    tracking.actors.length = 0;
    await versions.createModelVersion({ name, source: 'models:/m-proxied' });
    await versions.createModelVersion({ name, source: '/data/runs/local/artifacts', runId: 'local' });
    expect(new Set(tracking.actors)).toEqual(new Set(['ci-bot']));
    versions.close();
  });
});

describe('while the tracking service is away', () => {
  let service: RegistryService;
  let name: string;
  beforeAll(async () => {
    service = await startService();
    name = await service.newModel();
  });
  afterAll(() => service?.close());

  it.each([
    { source: '/x', run_id: 'r' },
    { source: 'mlflow-artifacts:/1/r/artifacts/m', run_id: 'r' },
    { source: 's3://b/x', model_id: 'm-1' },
    { source: 'models:/m-1' },
  ])('creating a version from %j can be tried again later', async (body) => {
    const answer = await service.post('model-versions/create', { name, ...body });
    expect(answer).toMatchObject({ status: 503, body: { error_code: 'TEMPORARILY_UNAVAILABLE' } });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('everything else works, and no number is lost', async () => {
    expect(await service.newVersion(name, { source: 's3://b/x', run_id: 'r' })).toMatchObject({ version: '1' });
    expect(await service.newVersion(name, { source: `models:/${name}/1` })).toMatchObject({
      version: '2',
      run_id: 'r',
    });
    expect(await service.post('model-versions/create', { name, source: '/x' })).toMatchObject(LOCAL);
    expect(await service.move(name, '2', 'Staging')).toMatchObject({ status: 200 });
  });
});

describe('a pattern for sources', () => {
  it('is met somewhere in the source of every new version', async () => {
    const service = await startService({ MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX: 's3://(good|better)/' });
    try {
      const name = await service.newModel();
      const create = (source: string, body: object = {}) =>
        service.post('model-versions/create', { name, source, ...body });
      expect(await create('s3://better/x')).toMatchObject({ status: 200 });
      expect(await create('s3://bad/x')).toMatchObject(invalid('Invalid model version source'));
      expect(await create('dummy-source', { tags: PROMPT })).toMatchObject(invalid('Invalid model version source'));
    } finally {
      await service.close();
    }
  });
});
