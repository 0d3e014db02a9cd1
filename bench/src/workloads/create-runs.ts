import type { Operation } from '../load/operation.ts';
import { type Api, createRun } from './api.ts';
import { API } from './api-root.ts';
import { forClients, type Workload } from './workload.ts';

const TAGS = [{ key: 'mlflow.user', value: 'bench' }];

/** A run with one tag. */
export const createRuns = (clients: number) =>
  inNewExperiment(clients, (experiment_id) => (send) => createRun(send, { experiment_id, tags: TAGS }));

/** A run with one tag, and then its end: two requests. */
export const createAndFinish = (clients: number) =>
  inNewExperiment(clients, (experiment_id) => async (send) => {
    const run_id = await createRun(send, { experiment_id, tags: TAGS });
    await send(`${API}/runs/update`, JSON.stringify({ run_id, status: 'FINISHED', end_time: Date.now() }));
  });

/** A run, and then a hundred params of it: two requests. */
export const createWithParams = (clients: number) =>
  inNewExperiment(clients, (experiment_id) => async (send) => {
    const run_id = await createRun(send, { experiment_id, tags: TAGS });
    await send(`${API}/runs/log-batch`, `{"run_id":"${run_id}","params":${PARAMS}}`);
  });

const PARAMS = JSON.stringify(forClients(100, (i) => ({ key: `p${i}`, value: `value ${i}` })));

function inNewExperiment(clients: number, operation: (experiment: string) => Operation): Workload {
  return {
    clients,
    reads: false,
    async prepare(api: Api, count: number) {
      const experiment = await api.createExperiment(`bench-create-run-${Date.now()}`);
      return forClients(count, () => operation(experiment));
    },
  };
}
