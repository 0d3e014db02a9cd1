import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { error, startService, type TrackingService } from './_service.ts';

type Point = { readonly run_id: string; readonly step: number; readonly timestamp: number; readonly value: unknown };
/** [timestamp, step, value] */
type Logged = readonly [number, number, number | string];

let service: TrackingService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());

async function runWith(points: readonly Logged[], key = 'm'): Promise<string> {
  const run_id = await service.newRun();
  for (let i = 0; i < points.length; i += 1000) {
    const metrics = points.slice(i, i + 1000).map(([timestamp, step, value]) => ({ key, timestamp, step, value }));
    expect((await service.post('runs/log-batch', { run_id, metrics })).status).toBe(200);
  }
  return run_id;
}

const steps = (count: number): Logged[] => Array.from({ length: count }, (_, i) => [i, i, i]);

/** As a browser sends it: a list is the name several times. */
const ask = (path: string, query: readonly (readonly [string, string])[], root = '/ajax-api') => {
  const params = new URLSearchParams();
  for (const [name, value] of query) params.append(name, value);
  return service.call('GET', `${root}/2.0/mlflow/metrics/${path}?${params}`);
};

const metricsOf = ({ body }: { readonly body: Record<string, unknown> }) => (body['metrics'] ?? []) as Point[];

describe('the history of a metric in several runs', () => {
  const bulk = (runs: readonly string[], more: Record<string, string> = { metric_key: 'm' }) =>
    ask('get-history-bulk', [...runs.map((run) => ['run_id', run] as const), ...Object.entries(more)]);

  it('comes by run, timestamp, step and value, each run once, with NaN as text', async () => {
    const points: Logged[] = [
      [3, 0, 2],
      [1, -1, 'NaN'],
      [2, 0, 'Infinity'],
      [2, 0, 1],
    ];
    const runs = [await runWith(points), await runWith([[9, 9, 9]])].sort();
    const { status, body } = await bulk([runs[1] ?? '', runs[0] ?? '', 'f'.repeat(32), 'no-run', runs[0] ?? '']);
    expect(status).toBe(200);
    const seen = metricsOf({ body });
    expect(seen.map(({ run_id }) => run_id)).toEqual([...seen.map(({ run_id }) => run_id)].sort());
    expect(seen).toContainEqual({ key: 'm', value: 9, timestamp: 9, step: 9, run_id: expect.any(String) });
    expect(
      seen.filter(({ value }) => value !== 9).map(({ timestamp, step, value }) => [timestamp, step, value]),
    ).toEqual([
      [1, -1, 'NaN'],
      [2, 0, 1],
      [2, 0, Number.MAX_VALUE],
      [3, 0, 2],
    ]);
  });

  it('ends after max_results points in all, of which there are at most 25000', async () => {
    const runs = [await runWith(steps(3)), await runWith(steps(3))].sort();
    const few = metricsOf(await bulk(runs, { metric_key: 'm', max_results: '4' }));
    expect(few.map(({ run_id, step }) => [run_id, step])).toEqual([
      [runs[0], 0],
      [runs[0], 1],
      [runs[0], 2],
      [runs[1], 0],
    ]);
    const long = [await runWith(steps(13_000)), await runWith(steps(13_000))];
    expect(metricsOf(await bulk(long, { metric_key: 'm', max_results: '30000' }))).toHaveLength(25_000);
    expect(metricsOf(await bulk(long))).toHaveLength(25_000);
  });

  it('is an empty list where there is nothing', async () => {
    const run = await runWith(steps(1));
    for (const query of [{ metric_key: 'other' }, { metric_key: '' }, { metric_key: 'm', max_results: '0' }]) {
      expect(await bulk([run], query)).toMatchObject({ status: 200, body: { metrics: [] } });
    }
    expect((await bulk(['unknown'])).body).toEqual({ metrics: [] });
  });

  it('is refused without runs or key, and for more than 100 runs', async () => {
    const refused = (message: string) => ({ status: 400, body: error('INVALID_PARAMETER_VALUE', message) });
    expect(await bulk([])).toMatchObject(refused('GetMetricHistoryBulk request must specify at least one run_id.'));
    expect(await bulk(['r'], {})).toMatchObject(refused('GetMetricHistoryBulk request must specify a metric_key.'));
    expect(await bulk(Array<string>(101).fill('r'))).toMatchObject(
      refused('GetMetricHistoryBulk request cannot specify more than 100 run_ids. Received 101 run_ids.'),
    );
    expect(await bulk(['r'], { metric_key: 'm', max_results: 'x' })).toMatchObject(refused("'max_results'"));
    expect(await bulk(['r'], { metric_key: 'm', max_results: '-1' })).toMatchObject(refused("'max_results'"));
  });

  it('is for the browser only', async () => {
    expect((await ask('get-history-bulk', [['run_id', 'r']], '/api')).status).toBe(404);
  });
});

describe('the sampled history of a metric in several runs', () => {
  const sampled = (runs: readonly string[], more: Record<string, string> = {}, root?: string) =>
    ask(
      'get-history-bulk-interval',
      [...runs.map((run) => ['run_ids', run] as const), ...Object.entries({ metric_key: 'm', ...more })],
      root,
    );
  const stepsOf = async (runs: readonly string[], more?: Record<string, string>) =>
    metricsOf(await sampled(runs, more)).map(({ run_id, step }) => [runs.indexOf(run_id), step]);
  const ofRun = (run: number, ...all: number[]) => all.map((step) => [run, step]);

  it('takes evenly spread steps and the last one', async () => {
    const run = await runWith(steps(10));
    expect(await stepsOf([run], { max_results: '5' })).toEqual(ofRun(0, 0, 2, 4, 6, 8, 9));
    expect(await stepsOf([run], { max_results: '3' })).toEqual(ofRun(0, 0, 3, 6, 9));
    expect(await stepsOf([run], { max_results: '1' })).toEqual(ofRun(0, 0, 9));
    expect(await stepsOf([run], { max_results: '10' })).toHaveLength(10);
    expect(await stepsOf([run])).toHaveLength(10);
  });

  it('takes the same steps of all runs, and the first and last step of each', async () => {
    const runs = [await runWith(steps(20)), await runWith(steps(10))];
    expect(await stepsOf(runs, { max_results: '5' })).toEqual([
      ...ofRun(0, 0, 4, 8, 9, 12, 16, 19),
      ...ofRun(1, 0, 4, 8, 9),
    ]);
    const [long = '', short = ''] = runs;
    expect(await stepsOf([short, long], { max_results: '5', start_step: '3', end_step: '11' })).toEqual([
      ...ofRun(0, 3, 4, 6, 8, 9),
      ...ofRun(1, 3, 4, 6, 8, 9, 10, 11),
    ]);
  });

  it('spreads over steps, wherever they lie', async () => {
    const points = [-7, -3, 0, 5, 1000, 1001, 2 ** 53 - 1].map((step): Logged => [1, step, step]);
    const run = await runWith(points);
    expect(await stepsOf([run], { max_results: '3' })).toEqual(ofRun(0, -7, 0, 1000, 2 ** 53 - 1));
    expect(await stepsOf([run], { start_step: '-3', end_step: '5' })).toEqual(ofRun(0, -3, 0, 5));
    expect(await stepsOf([run], { start_step: '6', end_step: '6' })).toEqual([]);
  });

  it('has all points at a step, by step, timestamp and value, with NaN as text', async () => {
    const run = await runWith([
      [5, 1, 1],
      [9, 0, 'NaN'],
      [9, 0, 3],
      [2, 0, 4],
    ]);
    const points = metricsOf(await sampled([run, 'unknown'], {}, '/api'));
    expect(points.map(({ timestamp, step, value }) => [timestamp, step, value])).toEqual([
      [2, 0, 4],
      [9, 0, 3],
      [9, 0, 'NaN'],
      [5, 1, 1],
    ]);
    expect(points[0]).toEqual({ key: 'm', value: 4, timestamp: 2, step: 0, run_id: run });
  });

  it('holds a bounded number of points, however many were logged at one step and in however many runs', async () => {
    const run = await runWith(Array.from({ length: 26_000 }, (_, i): Logged => [i, 0, i]));
    expect(metricsOf(await sampled([run]))).toHaveLength(25_000);
    expect(metricsOf(await sampled(Array<string>(50).fill(run)))).toHaveLength(75_000);
    const long = await runWith(steps(2000));
    const points = metricsOf(await sampled(Array<string>(50).fill(long)));
    expect(points.length).toBeLessThanOrEqual(75_000);
    expect(points.at(-1)).toMatchObject({ step: 1999 });
  });

  it.each<[string, readonly string[], Record<string, string>, string]>([
    ['runs', [], {}, "Missing value for required parameter 'run_ids'"],
    ['a key', ['r'], { metric_key: '' }, "Missing value for required parameter 'metric_key'"],
    [
      'at most 100 runs',
      Array<string>(101).fill('r'),
      {},
      'GetMetricHistoryBulkInterval request must specify at most 100 run_ids. Received 101 run_ids.',
    ],
    ['both ends or none', ['r'], { end_step: '1' }, 'If either start step or end step are specified, both must be'],
    [
      'an end behind its start',
      ['r'],
      { start_step: '3', end_step: '2' },
      'end_step must be greater than start_step. Found start_step=3 and end_step=2.',
    ],
    ['max_results of at least 1', ['r'], { max_results: '0' }, 'max_results must be between 1 and 2500'],
    ['max_results of at most 2500', ['r'], { max_results: '2501' }, 'max_results must be between 1 and 2500'],
    ['a whole number of steps', ['r'], { start_step: '1.5', end_step: '2' }, "'start_step'"],
  ])('needs %s', async (_what, runs, query, message) => {
    expect(await sampled(runs, query)).toMatchObject({ status: 400, body: error('INVALID_PARAMETER_VALUE', message) });
  });
});
