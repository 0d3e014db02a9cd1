import type { Operation } from '../load/operation.ts';
import { API } from './api-root.ts';
import { type Body, body } from './body.ts';
import { forClients, type Workload } from './workload.ts';

/** One point of one metric at a time, of a run of the client's own. */
export function logMetric(clients: number): Workload {
  return {
    clients,
    reads: false,
    async prepare(api, count) {
      const experiment = await api.createExperiment(`bench-log-metric-${Date.now()}`);
      const operations: Operation[] = [];
      for (let i = 0; i < count; i++) operations.push(logging(point(await api.createRun(experiment)), 0));
      return operations;
    },
  };
}

/** All clients log the same metric of one run, each at steps of its own. */
export function logMetricOfOneRun(clients: number): Workload {
  return {
    clients,
    reads: false,
    async prepare(api, count) {
      const experiment = await api.createExperiment(`bench-log-metric-one-run-${Date.now()}`);
      const shared = point(await api.createRun(experiment));
      return forClients(count, (i) => logging(shared, i * 1_000_000));
    },
  };
}

function point(run_id: string): Body {
  return body({ run_id, key: 'm1', value: Math.random(), timestamp: Date.now(), step: '@' });
}

function logging(text: Body, firstStep: number): Operation {
  let step = firstStep;
  return (send) => send(`${API}/runs/log-metric`, text(step++));
}
