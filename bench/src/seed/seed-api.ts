import { type Api, openApi } from '../workloads/api.ts';
import type { Seeded } from '../workloads/workload.ts';
import { experimentName, historyName, historyPoint, historyRuns, SEEDED_TAG, searchName } from './names.ts';
import { seededRun } from './seeded-run.ts';

type Progress = (text: string) => void;

/** How much was there when it was last counted; between counts a cut leaves a few runs more than wanted. */
const REACHED_TAG = 'bench.reached';
const AT_A_TIME = 200;
const CLIENTS = 8;
const POINTS_AT_A_TIME = 1_000;

/** The same data as `seedDatabase`, slowly, through the API of any MLflow-compatible server. */
export async function seedServer(url: string, seeded: Seeded, progress: Progress): Promise<void> {
  const apis = Array.from({ length: CLIENTS }, () => openApi(url));
  try {
    await seedRuns(apis, seeded, progress);
    await seedHistory(apis, seeded.points, progress);
  } finally {
    await Promise.all(apis.map((api) => api.close()));
  }
}

async function seedRuns(apis: readonly Api[], { runs, experiments }: Seeded, progress: Progress): Promise<void> {
  const name = searchName(runs, experiments);
  const ids: string[] = [];
  for (let i = 0; i < experiments; i++) ids.push((await openExperiment(first(apis), experimentName(name, i))).id);
  const home = await openExperiment(first(apis), experimentName(name, 0));
  for (let from = home.reached; from < runs; from += AT_A_TIME) {
    const numbers = Array.from({ length: Math.min(AT_A_TIME, runs - from) }, (_, i) => from + i);
    await shared(apis, numbers, async (api, number) => {
      const run = await api.createRun(ids[number % experiments] ?? home.id, `run-${number}`);
      await api.logBatch(JSON.stringify({ run_id: run, ...seededRun(number) }));
    });
    await first(apis).tagExperiment(home.id, REACHED_TAG, String(from + numbers.length));
    progress(`${from + numbers.length} of ${runs} runs`);
  }
  await first(apis).tagExperiment(home.id, SEEDED_TAG, String(runs));
}

async function seedHistory(apis: readonly Api[], points: number, progress: Progress): Promise<void> {
  const home = await openExperiment(first(apis), historyName(points));
  const runs = historyRuns(points).slice(home.reached);
  for (const [i, { name, points: count }] of runs.entries()) {
    const run_id = await first(apis).createRun(home.id, name);
    const batches = Array.from({ length: Math.ceil(count / POINTS_AT_A_TIME) }, (_, batch) => batch * POINTS_AT_A_TIME);
    await shared(apis, batches, async (api, from) => {
      const size = Math.min(POINTS_AT_A_TIME, count - from);
      await api.logBatch(
        JSON.stringify({ run_id, metrics: Array.from({ length: size }, (_, k) => historyPoint(from + k)) }),
      );
    });
    await first(apis).tagExperiment(home.id, REACHED_TAG, String(home.reached + i + 1));
    if (i % 25 === 0) progress(`${home.reached + i + 1} of ${home.reached + runs.length} histories`);
  }
  await first(apis).tagExperiment(home.id, SEEDED_TAG, String(points));
}

async function openExperiment(api: Api, name: string): Promise<{ readonly id: string; readonly reached: number }> {
  const found = await api.findExperiment(name);
  if (found) return { id: found.id, reached: Number(found.tags.get(REACHED_TAG) ?? 0) };
  return { id: await api.createExperiment(name), reached: 0 };
}

/** Each item is done by the first client that is free. */
async function shared<T>(apis: readonly Api[], items: readonly T[], work: (api: Api, item: T) => Promise<void>) {
  const waiting = items.values();
  await Promise.all(
    apis.map(async (api) => {
      for (const item of waiting) await work(api, item);
    }),
  );
}

function first(apis: readonly Api[]): Api {
  return apis[0] as Api;
}
