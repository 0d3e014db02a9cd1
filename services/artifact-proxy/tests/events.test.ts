import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { grpcClient } from '@millrace/platform/contract/grpc-client';
import type { CloudEvent } from '@millrace/platform/events/cloud-event';
import { openEvents } from '@millrace/platform/events/events';
import { Lifecycle } from '@millrace/platform/lifecycle';
import { ArtifactService } from '@millrace/proto/artifacts/v1/artifacts';
import { pino } from 'pino';
import { type RunningProxy, startProxy } from './_service.ts';
import { startFakeTracking } from './_tracking.ts';

const RUN = '0123456789abcdef0123456789abcdef';
const MODEL = `m-${RUN}`;

describe('what happens to artifacts', () => {
  const lifecycle = new Lifecycle();
  const seen: CloudEvent[] = [];
  let tracking: Awaited<ReturnType<typeof startFakeTracking>>;
  let proxy: RunningProxy;
  let heard: () => void = () => {};

  beforeAll(async () => {
    tracking = await startFakeTracking({ runs: { [RUN]: { experimentId: '7', path: `7/${RUN}/artifacts` } } });
    proxy = await startProxy({ TRACKING_GRPC: tracking.address });
    const { consumer } = await openEvents(proxy.eventsConfig, true, lifecycle, pino({ level: 'silent' }));
    await consumer.subscribe({
      group: 'test',
      topic: 'millrace.artifacts.events',
      async handle(event) {
        seen.push(event);
        heard();
      },
    });
  });
  afterAll(async () => {
    await lifecycle.close();
    await proxy?.close();
    await tracking?.close();
  });

  async function events(count: number): Promise<CloudEvent[]> {
    while (seen.length < count)
      await new Promise<void>((resolve) => {
        heard = resolve;
      });
    return seen.splice(0);
  }

  it('is announced once it is durable, by run', async () => {
    await proxy.put(`7/${RUN}/artifacts/model/größe.txt`, 'hello');
    expect(await events(1)).toMatchObject([
      {
        type: 'io.millrace.artifact.uploaded.v1',
        source: '/workspaces/default/artifact-proxy',
        partitionkey: RUN,
        subject: `artifacts/7/${RUN}/artifacts/model/größe.txt`,
        data: {
          event: 'artifact.uploaded',
          workspace: 'default',
          actor: 'anonymous',
          path: `7/${RUN}/artifacts/model/größe.txt`,
          experiment_id: '7',
          run_id: RUN,
          size_bytes: '5',
          sha256: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
        },
      },
    ]);
  });

  it('is announced as well where a browser or another service uploads', async () => {
    const query = new URLSearchParams({ run_uuid: RUN, path: 'a.txt' });
    const url = `${proxy.root}/ajax-api/2.0/mlflow/upload-artifact?${query}`;
    expect((await fetch(url, { method: 'POST', body: 'hello' })).status).toBe(200);
    const client = grpcClient(ArtifactService, `127.0.0.1:${proxy.grpcPort}`, { deadlineMs: 10_000 });
    await client.putArtifact({ path: `7/${RUN}/artifacts/b.txt`, content: Buffer.from('x') });
    client.close();
    expect(await events(2)).toMatchObject([
      { partitionkey: RUN, data: { event: 'artifact.uploaded', path: `7/${RUN}/artifacts/a.txt`, size_bytes: '5' } },
      { partitionkey: RUN, data: { event: 'artifact.uploaded', path: `7/${RUN}/artifacts/b.txt`, size_bytes: '1' } },
    ]);
  });

  it('is announced by model, and else by the first part of the path', async () => {
    await proxy.put(`7/models/${MODEL}/artifacts/MLmodel`, '');
    await proxy.put('shared/data/file', 'x');
    const found = await events(2);
    expect(found.map(({ partitionkey }) => partitionkey).sort()).toEqual([MODEL, 'shared'].sort());
    expect(found.find(({ partitionkey }) => partitionkey === MODEL)?.data).toMatchObject({
      experiment_id: '7',
      model_id: MODEL,
      size_bytes: '0',
    });
  });

  it('is announced when it is deleted, with the number of files', async () => {
    await proxy.put(`8/${RUN}/artifacts/a/1`, 'x');
    await proxy.put(`8/${RUN}/artifacts/a/2`, 'x');
    await proxy.delete(`8/${RUN}/artifacts/a`);
    const found = await events(3);
    expect(found.map(({ data }) => data['event'])).toEqual([
      'artifact.uploaded',
      'artifact.uploaded',
      'artifact.deleted',
    ]);
    expect(found.at(-1)).toMatchObject({
      partitionkey: RUN,
      data: { path: `8/${RUN}/artifacts/a`, run_id: RUN, files: '2' },
    });
    expect(found.map(({ sequence }) => sequence)).toEqual(found.map(({ sequence }) => sequence).sort());
  });

  it('is not announced when it failed', async () => {
    await proxy.raw('PUT', '/api/2.0/mlflow-artifacts/artifacts/9/..%2fa', 'x');
    await proxy.raw('PUT', '/api/2.0/mlflow-artifacts/artifacts/9/dir/', 'x');
    await proxy.put('9/good', 'x');
    expect(await events(1)).toMatchObject([{ data: { path: '9/good' } }]);
  });
});
