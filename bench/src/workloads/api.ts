import { connect, Failure, type Send } from '../load/connection.ts';
import { API } from './api-root.ts';

export type Experiment = { readonly id: string; readonly tags: ReadonlyMap<string, string> };
export type Api = ReturnType<typeof openApi>;

const TIMEOUT_MS = 120_000;

type ExperimentMessage = {
  readonly experiment_id: string;
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
};

/** What workloads and seeding ask a server for beside what is measured. */
export function openApi(url: string) {
  const { send, close } = connect(url, TIMEOUT_MS);
  return {
    url,
    close,
    async createExperiment(name: string): Promise<string> {
      return (await post<{ experiment_id: string }>(send, '/experiments/create', { name })).experiment_id;
    },
    async findExperiment(name: string): Promise<Experiment | undefined> {
      const path = `${API}/experiments/get-by-name?experiment_name=${encodeURIComponent(name)}`;
      try {
        return toExperiment(json<{ experiment: ExperimentMessage }>(await send(path)).experiment);
      } catch (error) {
        if (error instanceof Failure && error.kind === '404') return undefined;
        throw error;
      }
    },
    async tagExperiment(experiment_id: string, key: string, value: string): Promise<void> {
      await post(send, '/experiments/set-experiment-tag', { experiment_id, key, value });
    },
    /** Ids of the experiments whose name begins so. */
    async listExperiments(prefix: string): Promise<string[]> {
      const ids: string[] = [];
      for (let page_token: string | undefined = ''; page_token !== undefined; ) {
        const page: ExperimentPage = await post(send, '/experiments/search', {
          filter: `name LIKE '${prefix}%'`,
          max_results: 1000,
          ...(page_token && { page_token }),
        });
        ids.push(...(page.experiments ?? []).map(({ experiment_id }) => experiment_id));
        page_token = page.next_page_token || undefined;
      }
      return ids;
    },
    createRun: async (experiment_id: string, run_name?: string) => createRun(send, { experiment_id, run_name }),
    async listRuns(experiment_id: string, filter: string, max_results: number): Promise<string[]> {
      const asked = { experiment_ids: [experiment_id], filter, max_results };
      const { runs = [] } = await post<{ runs?: { info: { run_id: string } }[] }>(send, '/runs/search', asked);
      return runs.map(({ info }) => info.run_id);
    },
    async logBatch(body: string): Promise<void> {
      await send(`${API}/runs/log-batch`, body);
    },
  };
}

type ExperimentPage = { readonly experiments?: readonly ExperimentMessage[]; readonly next_page_token?: string };

/** The id of a new run. */
export async function createRun(send: Send, body: Readonly<Record<string, unknown>>): Promise<string> {
  const { run } = await post<{ run: { info: { run_id: string } } }>(send, '/runs/create', {
    start_time: Date.now(),
    ...body,
  });
  return run.info.run_id;
}

async function post<T>(send: Send, path: string, body: unknown): Promise<T> {
  return json<T>(await send(API + path, JSON.stringify(body)));
}

function json<T>(answer: Buffer): T {
  return JSON.parse(answer.toString('utf8')) as T;
}

function toExperiment({ experiment_id, tags = [] }: ExperimentMessage): Experiment {
  return { id: experiment_id, tags: new Map(tags.map(({ key, value }) => [key, value])) };
}
