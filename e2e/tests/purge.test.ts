import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { post } from '../api.ts';
import { openParts } from './_parts.ts';
import { startServices } from './_services.ts';

const TIMEOUT_MS = 300_000;
const AT_ONCE = { PURGE_DELETED_AFTER_HOURS: '0', PURGE_EVERY_SECONDS: '0.5', FREE_EVERY_SECONDS: '0.5' };

type Created = {
  readonly experiment_id?: string;
  readonly run?: { readonly info: { readonly run_id: string } };
  readonly model?: { readonly info: { readonly model_id: string } };
  readonly model_version?: { readonly version: string };
};

describe('as three services, what is purged', () => {
  let parts: Awaited<ReturnType<typeof openParts>>;
  let services: Awaited<ReturnType<typeof startServices>>;
  let experiment_id: string;

  beforeAll(async () => {
    parts = await openParts();
    services = await startServices(parts, AT_ONCE);
    experiment_id = await created('experiments/create', { name: 'purged' }, (body) => body.experiment_id);
  }, TIMEOUT_MS);
  afterAll(async () => {
    await services?.stop();
    await parts?.close();
  });

  const created = async (path: string, body: object, idOf: (body: Created) => unknown) => {
    const answer = await post(services.url, path, body);
    expect(answer.status).toBe(200);
    return idOf(answer.body as Created) as string;
  };
  const newRun = () => created('runs/create', { experiment_id }, ({ run }) => run?.info.run_id);
  const file = (root: string, name: string, init?: RequestInit) =>
    fetch(`${services.url}/api/2.0/mlflow-artifacts/artifacts/${root}/${name}`, init);
  const put = async (root: string, name: string) =>
    expect((await file(root, name, { method: 'PUT', body: 'x' })).status).toBe(200);
  const isThere = async (root: string, name: string) => (await file(root, name)).status === 200;
  const untilGone = async (root: string, name: string) => {
    while (await isThere(root, name)) await sleep(100);
  };

  it(
    'loses its bytes, but not those that a live model version stands on',
    async () => {
      const [used, unused] = [await newRun(), await newRun()];
      const [kept, freed] = [`${experiment_id}/${used}/artifacts`, `${experiment_id}/${unused}/artifacts`];
      for (const name of ['model/MLmodel', 'model/data/weights', 'checkpoint']) await put(kept, name);
      for (const name of ['model/MLmodel', 'notes']) await put(freed, name);
      await post(services.url, 'registered-models/create', { name: 'stands' });
      const source = `mlflow-artifacts:/${kept}/model`;
      const version = { name: 'stands', source, run_id: used };
      await created('model-versions/create', version, ({ model_version }) => model_version?.version);
      for (const run_id of [used, unused])
        expect((await post(services.url, 'runs/delete', { run_id })).status).toBe(200);
      await untilGone(freed, 'notes');
      await untilGone(freed, 'model/MLmodel');
      await untilGone(kept, 'checkpoint');
      for (const name of ['model/MLmodel', 'model/data/weights']) expect(await isThere(kept, name)).toBe(true);
    },
    TIMEOUT_MS,
  );

  it(
    'includes the files of a deleted logged model',
    async () => {
      const id = await created('logged-models', { experiment_id }, ({ model }) => model?.info.model_id);
      const root = `${experiment_id}/models/${id}/artifacts`;
      await put(root, 'MLmodel');
      const answer = await fetch(`${services.url}/api/2.0/mlflow/logged-models/${id}`, { method: 'DELETE' });
      expect(answer.status).toBe(200);
      await untilGone(root, 'MLmodel');
    },
    TIMEOUT_MS,
  );
});
