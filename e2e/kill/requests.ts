import type { Body } from '../api.ts';
import type { Random } from './random.ts';

/** What a run has been through, as far as its client knows. */
export type Known = { readonly runId: string; readonly ended: boolean };
type Make = (run: Known, random: Random, number: number) => Body;

const START_MS = 1_700_000_000_000;
const STATUSES = ['FINISHED', 'FAILED', 'KILLED'];

/** `number` makes each request, and everything in it, unlike all others of its client. */
export const createRun = (experimentId: string, client: string, number: number): Body => ({
  experiment_id: experimentId,
  run_name: `${client} run ${number}`,
  user_id: client,
  start_time: START_MS + number,
  tags: pairs('origin', number, 2),
});

export const logMetric: Make = ({ runId }, random, number) => ({
  run_id: runId,
  ...point(random.pick(['loss', 'accuracy']), random, number),
});

/** To a run that everybody writes to. */
export const logShared = (runId: string, random: Random, client: number, number: number): Body => ({
  run_id: runId,
  ...point('shared', random, client * 1_000_000 + number),
});

export const logBatch: Make = ({ runId }, random, number) => ({
  run_id: runId,
  metrics: Array.from({ length: 10 }, (_, i) => point(`batch ${i % 5}`, random, number + i / 16)),
  params: pairs('param', number, 2),
  tags: pairs('tag', number, 2),
});

/** One in three overwrites what the client wrote before. */
export const setTag: Make = ({ runId }, random, number) => ({
  run_id: runId,
  key: random.chance(1 / 3) ? OVERWRITTEN : `single tag ${number}`,
  value: `value ${number}`,
});

export const OVERWRITTEN = 'overwritten';

export const logInputs: Make = ({ runId }, _random, number) => ({
  run_id: runId,
  datasets: [1, 2].map((i) => ({
    dataset: {
      name: `data ${number}`,
      digest: `${runId.slice(0, 8)}-${i}`,
      source_type: 'local',
      source: `s${number}`,
    },
    tags: [{ key: 'mlflow.data.context', value: 'train' }, ...pairs('input', number, 1)],
  })),
});

/** Always a change: a run under way ends, and one that has ended goes on. */
export const updateRun: Make = ({ runId, ended }, random, number) => ({
  run_id: runId,
  ...(ended ? { status: 'RUNNING' } : { status: random.pick(STATUSES), end_time: START_MS + number }),
});

/** Few steps and timestamps, so that the latest point of a metric is rarely the last one written. */
function point(key: string, random: Random, value: number): Body {
  return { key, value, timestamp: START_MS + random.whole(5), step: random.whole(8, -2) };
}

function pairs(prefix: string, number: number, count: number): { key: string; value: string }[] {
  return Array.from({ length: count }, (_, i) => ({ key: `${prefix} ${number}.${i}`, value: `value ${number}` }));
}
