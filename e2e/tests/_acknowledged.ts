import { get } from './_api.ts';

/** A write that the server said it had kept. */
export type Acknowledged =
  | { readonly kind: 'run'; readonly runId: string; readonly name: string }
  | {
      readonly kind: 'metric';
      readonly runId: string;
      readonly key: string;
      readonly step: number;
      readonly value: number;
    }
  | { readonly kind: 'param' | 'tag'; readonly runId: string; readonly key: string; readonly value: string }
  | { readonly kind: 'stage'; readonly model: string; readonly version: string; readonly stage: string };

/** Those of the acknowledged writes that the server does not give back. */
export async function findLost(url: string, writes: readonly Acknowledged[]): Promise<Acknowledged[]> {
  const kept = memoized((description: string) => read(url, description));
  const lost: Acknowledged[] = [];
  for (const write of writes) {
    if (!(await kept(whereToLook(write))).has(factOf(write))) lost.push(write);
  }
  return lost;
}

function whereToLook(write: Acknowledged): string {
  if (write.kind === 'metric') return JSON.stringify(['history', write.runId, write.key]);
  if (write.kind === 'stage') return JSON.stringify(['version', write.model, write.version]);
  return JSON.stringify(['run', write.runId]);
}

function factOf(write: Acknowledged): string {
  switch (write.kind) {
    case 'run':
      return `name ${write.name}`;
    case 'metric':
      return `${write.step} ${write.value}`;
    case 'param':
    case 'tag':
      return `${write.kind} ${write.key} ${write.value}`;
    case 'stage':
      return write.stage;
  }
}

async function read(url: string, place: string): Promise<ReadonlySet<string>> {
  const [what, first = '', second = ''] = JSON.parse(place) as string[];
  if (what === 'history') return history(url, first, second);
  if (what === 'version') return stage(url, first, second);
  return run(url, first);
}

async function history(url: string, runId: string, key: string): Promise<ReadonlySet<string>> {
  const query = { run_id: runId, metric_key: key, max_results: '25000' };
  const { body } = await get(url, 'metrics/get-history', query);
  const { metrics = [] } = body as { metrics?: { step: number; value: number }[] };
  return new Set(metrics.map(({ step, value }) => `${step} ${value}`));
}

async function stage(url: string, name: string, version: string): Promise<ReadonlySet<string>> {
  const { body } = await get(url, 'model-versions/get', { name, version });
  const { model_version: found } = body as { model_version?: { current_stage: string } };
  return new Set(found ? [found.current_stage] : []);
}

type Pair = { readonly key: string; readonly value: string };
type Run = {
  readonly info: { readonly run_name: string };
  readonly data: { readonly params?: readonly Pair[]; readonly tags?: readonly Pair[] };
};

async function run(url: string, runId: string): Promise<ReadonlySet<string>> {
  const { body } = await get(url, 'runs/get', { run_id: runId });
  const { run: found } = body as { run?: Run };
  if (!found) return new Set();
  const { params = [], tags = [] } = found.data;
  return new Set([
    `name ${found.info.run_name}`,
    ...params.map(({ key, value }) => `param ${key} ${value}`),
    ...tags.map(({ key, value }) => `tag ${key} ${value}`),
  ]);
}

function memoized<T>(work: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const results = new Map<string, Promise<T>>();
  return (key) => {
    const result = results.get(key) ?? work(key);
    results.set(key, result);
    return result;
  };
}
