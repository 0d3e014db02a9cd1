import { type Answer, Failure } from '../load/connection.ts';
import { experimentName, SEEDED_TAG, searchName } from '../seed/names.ts';
import type { Api } from './api.ts';
import { API } from './api-root.ts';
import { forClients, NotSeeded, type Seeded, type Workload } from './workload.ts';

type Query = { readonly max_results: number; readonly filter?: string; readonly order_by?: readonly string[] };

/** The first page of a query on the seeded runs. */
export function search(query: Query): Workload {
  return {
    clients: 1,
    reads: true,
    async prepare(api, clients, seeded) {
      const text = JSON.stringify({ experiment_ids: await seededExperiments(api, seeded), ...query });
      return forClients(clients, () => async (send) => withRuns(await send(`${API}/runs/search`, text)));
    },
  };
}

/** One page after another of all seeded runs, from the beginning again after the last. */
export function searchAllPages(max_results: number): Workload {
  return {
    clients: 1,
    reads: true,
    async prepare(api, clients, seeded) {
      const experiment_ids = await seededExperiments(api, seeded);
      return forClients(clients, () => {
        let page_token = '';
        return async (send) => {
          const asked = { experiment_ids, max_results, ...(page_token && { page_token }) };
          page_token = nextPage(withRuns(await send(`${API}/runs/search`, JSON.stringify(asked))));
        };
      });
    },
  };
}

/** A quick answer that finds nothing must not count as a quick search. */
function withRuns(answer: Answer): Answer {
  if (answer.includes('"run_id"')) return answer;
  throw new Failure('empty answer', answer.toString('utf8', 0, 500));
}

/** Parsing a page of megabytes would take longer than some servers take to answer it. */
export function nextPage(answer: Answer): string {
  const around = answer.toString('latin1', 0, 500) + answer.toString('latin1', Math.max(0, answer.length - 500));
  return /"next_page_token":\s*"([^"]+)"/.exec(around)?.[1] ?? '';
}

async function seededExperiments(api: Api, { runs, experiments }: Seeded): Promise<readonly string[]> {
  const name = searchName(runs, experiments);
  const first = await api.findExperiment(experimentName(name, 0));
  if (first?.tags.get(SEEDED_TAG) !== String(runs)) {
    throw new NotSeeded(
      `needs ${runs} runs in ${experiments} experiments: seed --runs ${runs} --experiments ${experiments}`,
    );
  }
  return experiments === 1 ? [first.id] : api.listExperiments(name);
}
