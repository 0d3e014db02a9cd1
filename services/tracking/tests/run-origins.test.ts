import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type GrpcClient, grpcClient } from '@millrace/platform/contract/grpc-client';
import { RunOriginService } from '@millrace/proto/tracking/v1/run_origins';
import { startService, type TrackingService } from './_service.ts';

describe('where runs come from', () => {
  let service: TrackingService;
  let client: GrpcClient<typeof RunOriginService>;
  beforeAll(async () => {
    service = await startService();
    const identity = { actor: 'tester', workspace: 'default' };
    client = grpcClient(RunOriginService, `127.0.0.1:${service.grpcPort}`, { deadlineMs: 10_000, identity });
  });
  afterAll(async () => {
    client?.close();
    await service?.close();
  });

  it('is told of many at once, and of what is no run nothing', async () => {
    const experimentId = await service.newExperiment();
    const [full, bare, deleted] = await Promise.all([1, 2, 3].map(() => service.newRun(experimentId)));
    await service.post('runs/set-tag', { run_id: full, key: 'mlflow.source.git.commit', value: 'c0ffee' });
    await service.post('runs/log-inputs', {
      run_id: full,
      datasets: ['train', 'test'].map((name) => ({
        dataset: { name, digest: `${name}-1`, source_type: 'local', source: 's' },
      })),
    });
    await service.post('runs/delete', { run_id: deleted });
    const runIds = [full, bare, deleted, full, 'f'.repeat(32), 'nobody', ''].map((id) => id ?? '');
    const { origins } = await client.listRunOrigins({ runIds });
    const byId = new Map(
      origins.map(({ runId, experimentId: of, gitCommit, datasets }) => [runId, { of, gitCommit, datasets }]),
    );
    expect(byId.size).toBe(3);
    expect(byId.get(full ?? '')).toMatchObject({
      of: experimentId,
      gitCommit: 'c0ffee',
      datasets: expect.arrayContaining([expect.objectContaining({ name: 'train', digest: 'train-1' })]),
    });
    expect(byId.get(bare ?? '')).toMatchObject({ of: experimentId, gitCommit: '', datasets: [] });
    expect(byId.has(deleted ?? '')).toBe(true);
    const artifactUris = new Set(origins.map(({ artifactUri }) => artifactUri));
    const { info } = (await service.run(full ?? '')) as { info?: { artifact_uri: string } };
    expect(artifactUris).toContain(info?.artifact_uri);
  });

  it('is not told across workspaces', async () => {
    const run = await service.newRun();
    const other = { actor: 'tester', workspace: 'team-b' };
    expect((await client.listRunOrigins({ runIds: [run] }, other)).origins).toEqual([]);
  });
});
