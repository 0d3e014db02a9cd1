import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type GrpcClient, grpcClient } from '@millrace/platform/contract/grpc-client';
import { VersionFilesService } from '@millrace/proto/registry/v1/version_files';
import { type RegistryService, startService } from './_service.ts';
import { startFakeTracking } from './_tracking.ts';

const LONG = `mlflow-artifacts:/${'long/'.repeat(800)}m`;
/** Runs by the first part of the paths that their artifacts have. */
const RUNS = Object.fromEntries(
  [...'1234567890', 'long'].map((id) => [id, { artifactUri: `mlflow-artifacts:/${id}` }]),
);

describe('the versions that stand on a directory', () => {
  let tracking: Awaited<ReturnType<typeof startFakeTracking>>;
  let service: RegistryService;
  let client: GrpcClient<typeof VersionFilesService>;
  let model: string;
  beforeAll(async () => {
    tracking = await startFakeTracking(RUNS, {});
    service = await startService({ TRACKING_GRPC: tracking.address });
    const identity = { actor: 'tester', workspace: 'default' };
    client = grpcClient(VersionFilesService, `127.0.0.1:${service.grpcPort}`, { deadlineMs: 10_000, identity });
    model = await service.newModel();
  });
  afterAll(async () => {
    client?.close();
    await service?.close();
    await tracking?.close();
  });
  const newVersion = (source: string) =>
    service.newVersion(model, {
      source,
      run_id: /^runs:\/([^/]*)|\/(\d|long)(?=\/|$)/.exec(source)?.slice(1).join(''),
    });
  const on = async (...directories: string[]) => {
    const { versions, hasMore } = await client.listVersionsOn({ directories });
    expect(hasMore).toBe(false);
    return versions.map(({ path }) => path);
  };

  it.each([
    ['mlflow-artifacts:/1/r1/artifacts/model', 'mlflow-artifacts:/1/r1/artifacts', '1/r1/artifacts/model'],
    ['mlflow-artifacts:///2/r/artifacts', 'mlflow-artifacts:/2/r/artifacts/', '2/r/artifacts'],
    ['mlflow-artifacts://host:5000/3/r//artifacts/m', 'mlflow-artifacts:/3/r/artifacts', '3/r/artifacts/m'],
    ['https://ml.example.com/x/api/2.0/mlflow-artifacts/artifacts/4/r/m', 'mlflow-artifacts:/4/r', '4/r/m'],
    ['mlflow-artifacts:/5/gr%C3%B6%C3%9Fe%20a/m', 'mlflow-artifacts:/5/größe a', '5/größe a/m'],
    ['mlflow-artifacts:/6/100%/m', 'mlflow-artifacts:/6/100%', '6/100%/m'],
    ['runs:/0123456789abcdef0123456789abcdef/m', 'runs:/0123456789abcdef0123456789abcdef', /^runs:.*\/m$/],
    ['s3://bucket/prefix/7/m', 's3://bucket/prefix/7', 's3:/bucket/prefix/7/m'],
    ['mlflow-artifacts:/8', 'mlflow-artifacts:/8/r/artifacts', '8'],
  ])('are found by source %s at %s', async (source, directory, path) => {
    const { version } = await newVersion(source);
    expect(await on(directory)).toEqual([typeof path === 'string' ? path : expect.stringMatching(path)]);
    await service.call('DELETE', 'model-versions/delete', { name: model, version });
    expect(await on(directory)).toEqual([]);
  });

  it('are not those of directories whose names begin alike, nor of other workspaces', async () => {
    await newVersion('mlflow-artifacts:/9/run10/artifacts/m');
    expect(
      await on('mlflow-artifacts:/9/run1', 'mlflow-artifacts:/9/run10/artifacts/m2', 'mlflow-artifacts:/90'),
    ).toEqual([]);
    expect(await on('mlflow-artifacts:/9/run1', 'mlflow-artifacts:/9/run10')).toEqual(['9/run10/artifacts/m']);
    const other = { actor: 'tester', workspace: 'team-b' };
    expect((await client.listVersionsOn({ directories: ['mlflow-artifacts:/9/run10'] }, other)).versions).toEqual([]);
  });

  it('may have sources as long as there are', async () => {
    await newVersion(LONG);
    expect(await on(`mlflow-artifacts:/${'long/'.repeat(700)}`)).toHaveLength(1);
    expect(await on(`mlflow-artifacts:/${'long/'.repeat(700)}x`)).toEqual([]);
  });

  it('are not asked for a whole store', async () => {
    await expect(on('mlflow-artifacts:/')).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' });
  });
});
