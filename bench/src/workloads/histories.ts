import { HISTORY_METRIC, historyName, historyPoint, LONG_RUN, SEEDED_TAG, SHORT_RUN } from '../seed/names.ts';
import type { Api } from './api.ts';
import { API } from './api-root.ts';
import { nextPage } from './searches.ts';
import { forClients, NotSeeded, type Seeded, type Workload } from './workload.ts';

/** One page after another of one metric's history, from the beginning again after the last. */
export function getHistory(max_results: number): Workload {
  return {
    clients: 1,
    reads: true,
    async prepare(api, clients, seeded) {
      const [run] = await seededRuns(api, seeded, `= '${LONG_RUN}'`);
      const path = `${API}/metrics/get-history?run_id=${run}&metric_key=${HISTORY_METRIC}&max_results=${max_results}`;
      return forClients(clients, () => {
        let token = '';
        return async (send) => {
          token = nextPage(await send(token ? `${path}&page_token=${encodeURIComponent(token)}` : path));
        };
      });
    },
  };
}

/** A sample of the histories of a hundred runs at once, as the charts of a user interface ask for it. */
export function getHistorySamples(max_results: number): Workload {
  return {
    clients: 1,
    reads: true,
    async prepare(api, clients, seeded) {
      const runs = await seededRuns(api, seeded, `LIKE '${SHORT_RUN}%'`);
      const asked = runs.map((run) => `run_ids=${run}`).join('&');
      const path = '/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval';
      const whole = `${path}?${asked}&metric_key=${HISTORY_METRIC}&max_results=${max_results}`;
      return forClients(clients, () => (send) => send(whole));
    },
  };
}

/** The last thousand points of a long history once more, as a client sends them that got no answer. */
export function repeatBatch(clients: number): Workload {
  return {
    clients,
    reads: true,
    async prepare(api, count, seeded) {
      const [run_id] = await seededRuns(api, seeded, `= '${LONG_RUN}'`);
      const first = Math.max(0, seeded.points - 1000);
      const metrics = Array.from({ length: seeded.points - first }, (_, i) => historyPoint(first + i));
      const text = JSON.stringify({ run_id, metrics });
      return forClients(count, () => (send) => send(`${API}/runs/log-batch`, text));
    },
  };
}

async function seededRuns(api: Api, { points }: Seeded, name: string): Promise<readonly string[]> {
  const experiment = await api.findExperiment(historyName(points));
  if (experiment?.tags.get(SEEDED_TAG) !== String(points))
    throw new NotSeeded(`needs a history of ${points} points: seed --points ${points}`);
  const runs = await api.listRuns(experiment.id, `attributes.run_name ${name}`, 100);
  if (runs.length === 0) throw new NotSeeded(`the runs of ${historyName(points)} are gone`);
  return runs;
}
