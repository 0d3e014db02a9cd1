import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type GrpcClient, grpcClient } from '@millrace/platform/contract/grpc-client';
import { ArtifactRootService } from '@millrace/proto/tracking/v1/artifacts';
import { startFakeArtifactProxy } from './_artifact-proxy.ts';
import { loggedModels } from './_logged-models.ts';
import { error, startService, type TrackingService } from './_service.ts';

let proxy: Awaited<ReturnType<typeof startFakeArtifactProxy>>;
let service: TrackingService;
beforeAll(async () => {
  proxy = await startFakeArtifactProxy();
  service = await startService({ ARTIFACT_PROXY_GRPC: proxy.address });
});
afterAll(async () => {
  await service?.close();
  await proxy?.close();
});

async function experimentAt(artifact_location: string): Promise<string> {
  const { body } = await service.post('experiments/create', { name: crypto.randomUUID(), artifact_location });
  return body['experiment_id'] as string;
}

describe('the artifacts of a run', () => {
  const list = (run_id: string, path = '') => service.get('artifacts/list', { run_id, path });

  it('are listed directory by directory, below its root, those of a deleted run too', async () => {
    const experiment = await service.newExperiment();
    const run = await service.newRun(experiment);
    const root = `${experiment}/${run}/artifacts`;
    for (const name of ['b.txt', '100% a/c.txt', '100% a/d/e']) proxy.files.set(`${root}/${name}`, 'four');
    await service.post('runs/delete', { run_id: run });
    expect((await list(run)).body).toEqual({
      root_uri: `mlflow-artifacts:/${root}`,
      files: [
        { path: '100% a', is_dir: true },
        { path: 'b.txt', is_dir: false, file_size: 4 },
      ],
    });
    expect((await list(run, '100% a/')).body['files']).toEqual([
      { path: '100% a/c.txt', is_dir: false, file_size: 4 },
      { path: '100% a/d', is_dir: true },
    ]);
    for (const path of ['b.txt', 'nowhere'])
      expect((await list(run, path)).body).toEqual({ root_uri: `mlflow-artifacts:/${root}` });
  });

  it('are listed in one answer, however many the artifact proxy gives at a time', async () => {
    const experiment = await service.newExperiment();
    const run = await service.newRun(experiment);
    for (let i = 0; i < 2500; i++) proxy.files.set(`${experiment}/${run}/artifacts/many/${i}`, '');
    expect((await list(run, 'many')).body['files']).toHaveLength(2500);
    expect((await list(run, 'many')).body).not.toHaveProperty('next_page_token');
  });

  it('are below safe paths only, and within reach', async () => {
    const run = await service.newRun(await experimentAt('s3://bucket/x'));
    for (const path of ['..', 'a/../../b', '/etc', '%2e%2e', '%252e%252e/a', 'C:\\a', 'a#b', 'file:///etc'])
      expect(await list(run, path)).toMatchObject({
        status: 400,
        body: error('INVALID_PARAMETER_VALUE', 'Invalid path'),
      });
    expect(await list(run)).toMatchObject({ status: 400, body: error('INVALID_PARAMETER_VALUE', 'out of reach') });
    expect(await list('f'.repeat(32))).toMatchObject({
      status: 404,
      body: error('RESOURCE_DOES_NOT_EXIST', 'not found'),
    });
  });
});

describe('the root of artifacts', () => {
  let client: GrpcClient<typeof ArtifactRootService>;
  beforeAll(() => {
    const identity = { actor: 'artifact-proxy', workspace: 'default' };
    const address = `127.0.0.1:${service.grpcPort}`;
    client = grpcClient(ArtifactRootService, address, { deadlineMs: 10_000, identity });
  });
  afterAll(() => client?.close());

  it.each([
    ['mlflow-artifacts:/team/x', 'team/x'],
    ['mlflow-artifacts:///team/x/', 'team/x'],
    ['mlflow-artifacts://host:5000/team/x', 'team/x'],
    ['mlflow-artifacts:/my%20team?a=1', 'my team'],
    ['mlflow-artifacts:/100%', '100%'],
  ])('lies for %s at %s', async (location, path) => {
    const experimentId = await experimentAt(location);
    const runId = await service.newRun(experimentId);
    const { model_id: modelId } = (await loggedModels(service).create({ experiment_id: experimentId })).info;
    expect(await client.getRunArtifactRoot({ runId })).toMatchObject({
      experimentId,
      path: `${path}/${runId}/artifacts`,
    });
    expect(await client.getLoggedModelArtifactRoot({ modelId })).toMatchObject({
      experimentId,
      path: `${path}/models/${modelId}/artifacts`,
    });
  });

  it('is not told where it is out of reach, or of what is not there', async () => {
    const runId = await service.newRun(await experimentAt('s3://bucket/x'));
    const code = 'INVALID_PARAMETER_VALUE';
    await expect(client.getRunArtifactRoot({ runId })).rejects.toMatchObject({ code });
    const missing = { code: 'RESOURCE_DOES_NOT_EXIST' };
    await expect(client.getRunArtifactRoot({ runId: 'x' })).rejects.toMatchObject(missing);
    await expect(client.getLoggedModelArtifactRoot({ modelId: 'm-x' })).rejects.toMatchObject(missing);
    const elsewhere = { actor: 'guest', workspace: 'other' };
    await expect(client.getRunArtifactRoot({ runId }, elsewhere)).rejects.toMatchObject(missing);
  });
});
