import { randomUUID } from 'node:crypto';
import { type Connection, connect } from '../load/connection.ts';
import { API } from '../workloads/api-root.ts';
import { forClients } from '../workloads/workload.ts';

const TIMEOUT_MS = 60_000;
const STAGES = ['Staging', 'Production'] as const;

/** A change of a model version, with a text by which its event is known. */
export type Change = {
  readonly path: string;
  readonly body: (name: string, turn: number, text: string) => object;
  /** Of its event. */
  readonly type: string;
  readonly textOf: (data: Readonly<Record<string, unknown>>) => string;
};

export const CHANGES = {
  stage: {
    path: 'transition-stage',
    body: (name, turn, comment) => ({ name, version: '1', stage: STAGES[turn % 2], comment }),
    type: 'io.millrace.model_version.stage_transitioned.v1',
    textOf: ({ comment }) => String(comment),
  },
  tag: {
    path: 'set-tag',
    body: (name, _turn, value) => ({ name, version: '1', key: 'bench', value }),
    type: 'io.millrace.model_version.tag_set.v1',
    textOf: ({ value }) => String(value),
  },
} as const satisfies Readonly<Record<string, Change>>;

/** Throws for a name that is none of them. */
export function changeNamed(name: string): Change {
  if (Object.hasOwn(CHANGES, name)) return CHANGES[name as keyof typeof CHANGES];
  throw new Error(`Nothing changes that is named ${name}; there are ${Object.keys(CHANGES).join(', ')}`);
}

/** Milliseconds, the same for all threads of this process. */
export const now = () => performance.timeOrigin + performance.now();

/** Models whose only version changes again and again, each with a connection of its own. */
export type Movers = {
  /** One change each, per call. */
  readonly lanes: readonly (() => Promise<void>)[];
  /** When the 2xx of each change came, by its text. */
  readonly answered: ReadonlyMap<string, number>;
  readonly close: () => Promise<void>;
};

/** Every change has a text that no other has. */
export async function openMovers(url: string, count: number, change: Change = CHANGES.stage): Promise<Movers> {
  const answered = new Map<string, number>();
  const connections = forClients(count, () => connect(url, TIMEOUT_MS));
  const lanes = await Promise.all(connections.map((connection) => mover(connection, change, answered)));
  const close = async () => void (await Promise.all(connections.map((each) => each.close())));
  return { lanes, answered, close };
}

async function mover(
  { send }: Connection,
  { path, body }: Change,
  answered: Map<string, number>,
): Promise<() => Promise<void>> {
  const name = `bench-events-${randomUUID()}`;
  await send(`${API}/registered-models/create`, JSON.stringify({ name }));
  await send(`${API}/model-versions/create`, JSON.stringify({ name, source: 's3://bucket/model' }));
  let turn = 0;
  return async () => {
    const text = `${name} ${turn}`;
    await send(`${API}/model-versions/${path}`, JSON.stringify(body(name, turn++, text)));
    answered.set(text, now());
  };
}
