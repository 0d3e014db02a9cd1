/** One client's next request: where it goes and what it says. */
export type Next = () => { readonly path: string; readonly body: unknown };

/** Prepares what one client needs on the server, and gives its stream of requests. */
export type Workload = (url: string) => Promise<Next>;

const API = '/api/2.0/mlflow';

export const WORKLOADS = {
  /** One point of one metric, of a run of the client's own. */
  'log-metric': async (url) => {
    const run_id = await newRun(url);
    let step = 0;
    return () => ({
      path: `${API}/runs/log-metric`,
      body: { run_id, key: 'm1', value: Math.random(), timestamp: Date.now(), step: step++ },
    });
  },
  /** Ten metrics at a time. */
  'log-batch-10': async (url) => {
    const run_id = await newRun(url);
    let step = 0;
    return () => {
      step++;
      const metrics = Array.from({ length: 10 }, (_, i) => ({
        key: `m${i}`,
        value: Math.random(),
        timestamp: Date.now(),
        step,
      }));
      return { path: `${API}/runs/log-batch`, body: { run_id, metrics } };
    };
  },
  /** Ten metrics of a hundred steps each at a time. */
  'log-batch-1000': async (url) => {
    const run_id = await newRun(url);
    let step = 0;
    return () => {
      step += 100;
      const point = (i: number) => ({
        key: `m${i % 10}`,
        value: Math.random(),
        timestamp: Date.now(),
        step: step + Math.floor(i / 10),
      });
      return {
        path: `${API}/runs/log-batch`,
        body: { run_id, metrics: Array.from({ length: 1000 }, (_, i) => point(i)) },
      };
    };
  },
  /** A run with one tag. */
  'create-run': async () => () => ({
    path: `${API}/runs/create`,
    body: { experiment_id: '0', start_time: Date.now(), tags: [{ key: 'mlflow.user', value: 'bench' }] },
  }),
} satisfies Record<string, Workload>;

async function newRun(url: string): Promise<string> {
  const body = JSON.stringify({ experiment_id: '0', start_time: Date.now() });
  const response = await fetch(`${url}${API}/runs/create`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  });
  if (!response.ok) throw new Error(`cannot create a run: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { run: { info: { run_id: string } } }).run.info.run_id;
}
