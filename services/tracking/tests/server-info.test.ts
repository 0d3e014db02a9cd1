import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startFakeArtifactProxy } from './_artifact-proxy.ts';
import { startService, type TrackingService } from './_service.ts';

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

it('tells clients to move files as the artifact proxy can, and of nothing while it does not answer', async () => {
  const info = async () => {
    const answer = await fetch(`http://127.0.0.1:${service.httpPort}/api/3.0/mlflow/server-info`);
    return (await answer.json()) as object;
  };
  proxy.state.isDown = true;
  expect(await info()).toMatchObject({ multipart_uploads_enabled: false, multipart_downloads_enabled: false });
  proxy.state.isDown = false;
  for (let told = {}; !JSON.stringify(told).includes('"multipart_uploads_enabled":true'); ) told = await info();
  expect(await info()).toMatchObject({ multipart_downloads_enabled: false });
});
