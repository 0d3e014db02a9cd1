import { type Body, get, post } from '../../api.ts';
import type { Pair, Point, Stored, StoredRun, StoredVersion } from './stored.ts';

type Run = {
  readonly info: {
    readonly run_id: string;
    readonly run_name: string;
    readonly user_id: string;
    readonly status: string;
    readonly end_time?: number;
  };
  readonly data: {
    readonly metrics?: readonly Point[];
    readonly params?: readonly Pair[];
    readonly tags?: readonly Pair[];
  };
  readonly inputs?: { readonly dataset_inputs?: readonly DatasetEntry[] };
};
type DatasetEntry = {
  readonly dataset: { readonly name: string; readonly digest: string };
  readonly tags?: readonly Pair[];
};

/** Everything, as a client sees it. */
export async function readThroughApi(url: string): Promise<Stored> {
  const { experiment } = await ask(get(url, 'experiments/get-by-name', { experiment_name: 'kill' }));
  const { experiment_id: experimentId } = experiment as Record<string, string>;
  const search = { experiment_ids: [experimentId], max_results: 200 };
  const runs = await pages<Run>('runs', (token) => post(url, 'runs/search', { ...search, page_token: token }));
  const stored: StoredRun[] = [];
  for (const run of runs) stored.push(await readRun(url, run));
  const versions = await pages<StoredVersion & { current_stage: string }>('model_versions', (page_token) =>
    get(url, 'model-versions/search', { filter: "name = 'model'", max_results: '200', page_token }),
  );
  return { runs: stored, versions: versions.map((version) => ({ ...version, stage: version.current_stage })) };
}

async function readRun(url: string, { info, data, inputs = {} }: Run): Promise<StoredRun> {
  const { metrics = [], params = [], tags = [] } = data;
  const histories: Point[][] = [];
  for (const { key } of metrics) histories.push(await readHistory(url, info.run_id, key));
  const { dataset_inputs: datasets = [] } = inputs;
  return {
    id: info.run_id,
    name: info.run_name,
    userId: info.user_id,
    status: info.status,
    endTime: info.end_time ?? null,
    history: histories.flat(),
    latest: metrics,
    params,
    tags,
    datasets: datasets.map(({ dataset, tags: own = [] }) => ({
      name: dataset.name,
      digest: dataset.digest,
      tags: own,
    })),
  };
}

function readHistory(url: string, runId: string, key: string): Promise<Point[]> {
  const query = { run_id: runId, metric_key: key, max_results: '1000' };
  return pages<Point>('metrics', (token) => get(url, 'metrics/get-history', { ...query, page_token: token }));
}

async function pages<T>(field: string, page: (token: string) => Promise<{ status: number; body: Body }>): Promise<T[]> {
  const items: T[] = [];
  let token = '';
  do {
    const body = await ask(page(token));
    items.push(...((body[field] ?? []) as T[]));
    token = String(body['next_page_token'] ?? '');
  } while (token !== '');
  return items;
}

async function ask(answer: Promise<{ status: number; body: Body }>): Promise<Body> {
  const { status, body } = await answer;
  if (status !== 200) throw new Error(`reading back: ${status} ${JSON.stringify(body)}`);
  return body;
}
