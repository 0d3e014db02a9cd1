import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningProxy, startProxy } from './_service.ts';
import { startFakeTracking } from './_tracking.ts';
import { startFakeVersions } from './_versions.ts';

const RUN = '0123456789abcdef0123456789abcdef';
const SOURCES = {
  '1': `mlflow-artifacts:/7/${RUN}/artifacts/model`,
  '2': `runs:/${RUN}/mo%64el`,
  '3': `http://elsewhere:1/api/2.0/mlflow-artifacts/artifacts/7/${RUN}/artifacts/model`,
  '4': 's3://bucket/model',
  '5': `mlflow-artifacts:/7/${RUN}/artifacts/%2e%2e/%2e%2e/secret`,
};
const INVALID_PATH = { status: 400, error_code: 'INVALID_PARAMETER_VALUE', message: 'Invalid path' };

describe('a file of a model version', () => {
  let tracking: Awaited<ReturnType<typeof startFakeTracking>>;
  let registry: Awaited<ReturnType<typeof startFakeVersions>>;
  let proxy: RunningProxy;
  beforeAll(async () => {
    tracking = await startFakeTracking({ runs: { [RUN]: { experimentId: '7', path: `7/${RUN}/artifacts` } } });
    registry = await startFakeVersions(SOURCES);
    proxy = await startProxy({ TRACKING_GRPC: tracking.address, MODEL_REGISTRY_GRPC: registry.address });
    await proxy.put(`7/${RUN}/artifacts/model/MLmodel`, 'flavors:');
    await proxy.put('7/secret', 'secret');
  });
  afterAll(async () => {
    for (const part of [proxy, registry, tracking]) await part?.close();
  });

  const get = (query: Record<string, string>, init?: RequestInit) =>
    fetch(`${proxy.root}/model-versions/get-artifact?${new URLSearchParams(query)}`, init);
  const problem = async (query: Record<string, string>) => {
    const answer = await get(query);
    const { error_code, message } = (await answer.json()) as { error_code: string; message: string };
    return { status: answer.status, error_code, message };
  };

  it.each(['1', '2', '3'])('comes to be saved, from wherever the source of version %s leads', async (version) => {
    const answer = await get({ name: 'm', version, path: 'MLmodel' });
    expect([answer.status, await answer.text()]).toEqual([200, 'flavors:']);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/plain',
      'content-disposition': 'attachment; filename=MLmodel',
      'content-length': '8',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
    });
    const part = await get({ name: 'm', version, path: 'MLmodel' }, { headers: { range: 'bytes=0-2' } });
    expect([part.status, await part.text()]).toEqual([206, 'fla']);
  });

  it('stays below the directory of its version', async () => {
    for (const path of ['../notes', '../../secret', '/etc/passwd', '%2e%2e/secret', 'a/../../secret', 'a#b', 'C:/x'])
      expect(await problem({ name: 'm', version: '1', path })).toEqual(INVALID_PATH);
    expect(await problem({ name: 'm', version: '5', path: 'x' })).toEqual(INVALID_PATH);
  });

  it('is refused to whoever may not read the model', async () => {
    expect(await problem({ name: 'secret', version: '1', path: 'x' })).toMatchObject({
      status: 403,
      error_code: 'PERMISSION_DENIED',
    });
  });

  it('is told from what is not there, and from what another store keeps', async () => {
    expect(await problem({ name: 'm', version: '9', path: 'x' })).toMatchObject({
      status: 404,
      error_code: 'RESOURCE_DOES_NOT_EXIST',
    });
    expect(await problem({ name: 'm', version: '1', path: 'x' })).toMatchObject({
      status: 404,
      error_code: 'RESOURCE_DOES_NOT_EXIST',
    });
    expect(await problem({ name: 'm', version: '1', path: '' })).toMatchObject({
      status: 400,
      error_code: 'INVALID_PARAMETER_VALUE',
    });
    expect(await problem({ name: 'm', version: '4', path: 'x' })).toMatchObject({
      status: 400,
      message: "The files of this version are kept in another store: 's3://bucket/model'",
    });
  });

  it('is not served where no registry is known', async () => {
    const alone = await startProxy();
    const answer = await fetch(`${alone.root}/model-versions/get-artifact?name=m&version=1&path=x`);
    expect([answer.status, await answer.json()]).toMatchObject([501, { error_code: 'NOT_IMPLEMENTED' }]);
    await alone.close();
  });
});
