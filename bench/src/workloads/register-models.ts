import { randomUUID } from 'node:crypto';
import { connect } from '../load/connection.ts';
import type { Operation } from '../load/operation.ts';
import type { Api } from './api.ts';
import { API } from './api-root.ts';
import { forClients, type Workload } from './workload.ts';

const SOURCE = 's3://bucket/model';

/** A model, a version of it, and its move to Production: three requests. */
export const registerModels = (clients: number): Workload => ({
  clients,
  reads: false,
  prepare: async (_api: Api, count: number) =>
    forClients(count, () => async (send) => {
      const name = `bench-${randomUUID()}`;
      await send(`${API}/registered-models/create`, JSON.stringify({ name }));
      await send(`${API}/model-versions/create`, JSON.stringify({ name, source: SOURCE }));
      const move = { name, version: '1', stage: 'Production', archive_existing_versions: true };
      await send(`${API}/model-versions/transition-stage`, JSON.stringify(move));
    }),
});

/** The newest version in Production of a model that has so many. */
export const latestInStage = (versions: number) =>
  ofOneModel(versions, (name) => {
    const body = JSON.stringify({ name, stages: ['Production'] });
    return (send) => send(`${API}/registered-models/get-latest-versions`, body);
  });

/** The newest 100 versions of a model that has so many. */
export const searchVersions = (versions: number) =>
  ofOneModel(versions, (name) => {
    const query = new URLSearchParams({ filter: `name = '${name}'`, max_results: '100' });
    return (send) => send(`${API}/model-versions/search?${query}`);
  });

function ofOneModel(versions: number, operation: (name: string) => Operation): Workload {
  return {
    clients: 1,
    reads: false,
    async prepare(api: Api, count: number) {
      const name = `bench-${versions}-versions`;
      await makeVersions(api.url, name, versions);
      return forClients(count, () => operation(name));
    },
  };
}

const MAKERS = 8;
const TIMEOUT_MS = 60_000;

/** Goes on where it was cut off. One version in the middle is in Production, so that it is not among the newest. */
async function makeVersions(url: string, name: string, versions: number): Promise<void> {
  const { send, close } = connect(url, TIMEOUT_MS);
  await send(`${API}/registered-models/create`, JSON.stringify({ name })).catch(() => {}); // it is there
  const latest = await send(`${API}/registered-models/get-latest-versions`, JSON.stringify({ name }));
  const { model_versions: found = [] } = JSON.parse(String(latest)) as { model_versions?: { version: string }[] };
  let made = Math.max(0, ...found.map(({ version }) => Number(version)));
  const body = JSON.stringify({ name, source: SOURCE });
  const make = async () => {
    const maker = connect(url, TIMEOUT_MS);
    while (made++ < versions) await maker.send(`${API}/model-versions/create`, body);
    await maker.close();
  };
  await Promise.all(forClients(MAKERS, make));
  const move = { name, version: String(versions / 2), stage: 'Production' };
  await send(`${API}/model-versions/transition-stage`, JSON.stringify(move));
  await close();
}
