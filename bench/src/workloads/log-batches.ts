import type { Operation } from '../load/operation.ts';
import { API } from './api-root.ts';
import { batchBody, type Points } from './body.ts';
import type { Workload } from './workload.ts';

/** Many points at a time, of a run of the client's own. */
export function logBatch(clients: number, points: Points): Workload {
  return {
    clients,
    reads: false,
    async prepare(api, count) {
      const experiment = await api.createExperiment(`bench-log-batch-${Date.now()}`);
      const operations: Operation[] = [];
      for (let i = 0; i < count; i++) operations.push(logging(await api.createRun(experiment), points));
      return operations;
    },
  };
}

function logging(run: string, points: Points): Operation {
  const text = batchBody(run, points);
  let batch = 1;
  return (send) => send(`${API}/runs/log-batch`, text(batch++));
}
