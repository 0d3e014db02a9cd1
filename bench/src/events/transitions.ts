import { randomUUID } from 'node:crypto';
import { type Connection, connect } from '../load/connection.ts';
import { API, forClients } from '../workloads/workload.ts';

const TIMEOUT_MS = 60_000;
const STAGES = ['Staging', 'Production'] as const;

/** Milliseconds, the same for all threads of this process. */
export const now = () => performance.timeOrigin + performance.now();

/** Models whose only version goes from stage to stage, each with a connection of its own. */
export type Movers = {
  /** One transition each, per call. */
  readonly lanes: readonly (() => Promise<void>)[];
  /** When the 2xx of each transition came, by its comment. */
  readonly answered: ReadonlyMap<string, number>;
  readonly close: () => Promise<void>;
};

/** Every transition has a comment that no other has, so that it can be told in its event. */
export async function openMovers(url: string, count: number): Promise<Movers> {
  const answered = new Map<string, number>();
  const connections = forClients(count, () => connect(url, TIMEOUT_MS));
  const lanes = await Promise.all(connections.map((connection) => mover(connection, answered)));
  const close = async () => void (await Promise.all(connections.map((each) => each.close())));
  return { lanes, answered, close };
}

async function mover({ send }: Connection, answered: Map<string, number>): Promise<() => Promise<void>> {
  const name = `bench-events-${randomUUID()}`;
  await send(`${API}/registered-models/create`, JSON.stringify({ name }));
  await send(`${API}/model-versions/create`, JSON.stringify({ name, source: 's3://bucket/model' }));
  let turn = 0;
  return async () => {
    const comment = `${name} ${turn}`;
    const stage = STAGES[turn++ % 2];
    await send(`${API}/model-versions/transition-stage`, JSON.stringify({ name, version: '1', stage, comment }));
    answered.set(comment, now());
  };
}
