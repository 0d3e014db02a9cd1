import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startFakeArtifacts } from './_artifacts.ts';
import { followEvents } from './_events.ts';
import { ledgerHash } from './_ledger-hash.ts';
import { type Json, missing, type RegistryService, startService } from './_service.ts';
import { startFakeTracking } from './_tracking.ts';

const MLMODEL = `artifact_path: model
flavors:
  python_function:
    loader_module: mlflow.sklearn
  sklearn:
    serialization_format: cloudpickle
model_size_bytes: 4711
signature:
  inputs: '[{"type": "double", "name": "x", "required": true}]'
  outputs: '[{"type": "long"}]'
  params: null
`;
const DIGEST = createHash('sha256').update(MLMODEL).digest('hex');
const LINEAGE = { experiment_id: '1', git_commit: 'c0ffee', datasets: '' };
const RUNS = { r1: { artifactUri: 'mlflow-artifacts:/1/r1/artifacts', experimentId: '1', gitCommit: 'c0ffee' } };
const MODELS = { 'm-1': { artifactUri: 'mlflow-artifacts:/1/models/m-1/artifacts', sourceRunId: 'r1' } };
const FILES = {
  '1/r1/artifacts/model/MLmodel': MLMODEL,
  '1/models/m-1/artifacts/MLmodel': MLMODEL,
  '1/r1/artifacts/broken/MLmodel': 'flavors: [unclosed',
  '1/r1/artifacts/odd/MLmodel': 'flavors: text\nmodel_size_bytes: -1\nsignature: [1]\n',
  '1/r1/artifacts/bomb/MLmodel': `a: &a [${'x,'.repeat(50)}]\nb: &b [${'*a,'.repeat(50)}]\nflavors: {c: [${'*b,'.repeat(50)}]}`,
};
const READ = { mlmodel_sha256: DIGEST, flavors: 'python_function,sklearn', model_size_bytes: '4711' };
const SOURCE = 'mlflow-artifacts:/1/r1/artifacts/model';

describe('what a version holds', () => {
  let tracking: Awaited<ReturnType<typeof startFakeTracking>>;
  let artifacts: Awaited<ReturnType<typeof startFakeArtifacts>>;
  let service: RegistryService;
  let events: Awaited<ReturnType<typeof followEvents>>;
  beforeAll(async () => {
    [tracking, artifacts] = await Promise.all([startFakeTracking(RUNS, MODELS), startFakeArtifacts(FILES)]);
    service = await startService({ TRACKING_GRPC: tracking.address, ARTIFACT_PROXY_GRPC: artifacts.address });
    events = await followEvents(service.config.events);
  });
  afterAll(async () => {
    for (const part of [events, service, tracking, artifacts]) await part?.close();
  });

  const contents = (name: string, version = '1') => service.get('model-versions/contents', { name, version });
  const settled = async (name: string): Promise<Json> => {
    for (;;) {
      const { body } = await contents(name);
      if (body['pending'] === false) return body;
      await new Promise((done) => setTimeout(done, 20));
    }
  };
  const ledger = async (name: string) =>
    (await service.get('registered-models/transitions', { name })).body['transitions'] as Json[];

  it.each([
    [SOURCE, { run_id: 'r1' }],
    ['runs:/r1/model', {}],
    ['models:/m-1', { model_id: 'm-1' }],
  ])('is read from the MLmodel file of %s, told, and kept in the ledger', async (source, of) => {
    const name = await service.newModel();
    await service.newVersion(name, { source, ...of });
    const [, created, described] = await events.first(3, name);
    expect(created?.data).toMatchObject({ run_id: 'r1', experiment_id: '1', git_commit: 'c0ffee' });
    expect(described).toMatchObject({ type: 'io.millrace.model_version.updated.v1', data: { version: '1', ...READ } });
    expect(await settled(name)).toEqual({
      pending: false,
      run_id: 'r1',
      model_id: source.startsWith('models') ? 'm-1' : '',
      ...LINEAGE,
      mlmodel_sha256: DIGEST,
      flavors: ['python_function', 'sklearn'],
      model_size_bytes: 4711,
      signature_inputs: '[{"type": "double", "name": "x", "required": true}]',
      signature_outputs: '[{"type": "long"}]',
      signature_params: '',
    });
    await service.move(name, '1', 'Production');
    expect((await events.first(4, name))[3]?.data).toMatchObject({ to_stage: 'Production', ...READ });
    const [moved, entry, first] = await ledger(name);
    expect(moved).toMatchObject({ kind: 'TRANSITIONED', mlmodel_sha256: DIGEST, flavors: READ.flavors });
    expect(entry).toMatchObject({ kind: 'DESCRIBED', from_stage: 'None', to_stage: 'None', actor: 'system' });
    expect(entry).toMatchObject({ mlmodel_sha256: DIGEST, hash: described?.data['ledger_hash'] });
    expect(first).toMatchObject({ kind: 'VERSION_CREATED', mlmodel_sha256: '', flavors: '' });
    for (const one of [moved, entry, first])
      expect(one?.['hash']).toBe(ledgerHash(one ?? {}, String(one?.['previous_hash'])));
    const verified = await service.get('registered-models/transitions/verify', { name });
    expect(verified.body).toMatchObject({ intact: true, entries: 3, last_hash: moved?.['hash'] });
  });

  it('changes neither the version that clients see nor who held a stage', async () => {
    const name = await service.newModel();
    const created = await service.newVersion(name, { source: SOURCE, run_id: 'r1' });
    await settled(name);
    expect(await service.version(name, '1')).toEqual(created);
    const { body } = await service.get('registered-models/holder', { name, stage: 'None' });
    expect(body['holders']).toMatchObject([{ version: '1', kind: 'VERSION_CREATED' }]);
  });

  it.each([
    ['broken', 'a file that is no YAML'],
    ['odd', 'a file that says other things than MLflow writes'],
    ['bomb', 'a file that is small and means a lot'],
  ])('is only the hash of %s, %s', async (folder) => {
    const name = await service.newModel();
    await service.newVersion(name, { source: `mlflow-artifacts:/1/r1/artifacts/${folder}`, run_id: 'r1' });
    const read = await settled(name);
    expect(read).toMatchObject({ mlmodel_sha256: expect.stringMatching(/^[0-9a-f]{64}$/), signature_inputs: '' });
    expect(read).not.toHaveProperty('model_size_bytes');
  });

  it('is nothing where there is no MLmodel file, nor in other stores, and then nothing more is told', async () => {
    const name = await service.newModel();
    await service.newVersion(name, { source: 'mlflow-artifacts:/1/r1/artifacts/none', run_id: 'r1' });
    expect(await settled(name)).toMatchObject({ ...LINEAGE, mlmodel_sha256: '' });
    await service.newVersion(name, { source: 's3://bucket/model' });
    expect((await contents(name, '2')).body).toMatchObject({ pending: false, mlmodel_sha256: '' });
    await service.move(name, '1', 'Staging');
    const told = await events.first(4, name);
    expect(told.map(({ type }) => type)).not.toContain('io.millrace.model_version.updated.v1');
    expect(told[3]?.data).not.toHaveProperty('mlmodel_sha256');
  });

  it('is forgotten with a deleted version', async () => {
    const name = await service.newModel();
    await service.newVersion(name, { source: SOURCE, run_id: 'r1' });
    await settled(name);
    await service.delete('model-versions/delete', { name, version: '1' });
    expect(await contents(name)).toMatchObject(missing(`Model Version (name=${name}, version=1) not found`));
  });
});

it('is looked for until the artifact proxy is back, and versions are made meanwhile', async () => {
  const tracking = await startFakeTracking(RUNS, {});
  const away = await startFakeArtifacts({});
  await away.close();
  const service = await startService({ TRACKING_GRPC: tracking.address, ARTIFACT_PROXY_GRPC: away.address });
  const events = await followEvents(service.config.events);
  const name = await service.newModel();
  await service.newVersion(name, { source: SOURCE, run_id: 'r1' });
  expect((await service.get('model-versions/contents', { name, version: '1' })).body).toMatchObject({ pending: true });
  await service.move(name, '1', 'Production');
  const back = await startFakeArtifacts(FILES, away.port);
  expect((await events.first(4, name))[3]?.data).toMatchObject(READ);
  const { body } = await service.get('registered-models/holder', { name, stage: 'Production' });
  expect(body['holders']).toMatchObject([{ version: '1', kind: 'TRANSITIONED', actor: 'anonymous' }]);
  for (const part of [events, service, tracking, back]) await part.close();
});
