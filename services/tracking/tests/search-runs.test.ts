import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { error, startService, type TrackingService } from './_service.ts';

describe('searching runs', () => {
  let service: TrackingService;
  let experiment_id: string;
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    service = await startService();
    experiment_id = await service.newExperiment();
    const runs: [string, object][] = [
      ['a', { metrics: [['acc', 0.9]], params: { lr: '0.1', opt: 'SGD' }, tags: { team: 'red' } }],
      ['b', { metrics: [['acc', 0.8]], params: { lr: '0.2', opt: 'sgd+' }, tags: { team: 'blue' } }],
      ['c', { metrics: [['acc', 'NaN']], params: { lr: '0.1' }, tags: {} }],
      ['d', { metrics: [], params: {}, tags: { 'a b': "it's 100%" } }],
      ['e', { metrics: [['acc', '-Infinity']], params: {}, tags: {} }],
      ['f', { metrics: [['acc', 'Infinity']], params: {}, tags: {} }],
    ];
    for (const [i, [name, { metrics, params, tags }]] of (
      runs as [string, { metrics: [string, number][]; params: Record<string, string>; tags: Record<string, string> }][]
    ).entries()) {
      const { body } = await service.post('runs/create', {
        experiment_id,
        run_name: name,
        start_time: 100 + i,
        user_id: 'ada',
      });
      const run_id = (body as { run: { info: { run_id: string } } }).run.info.run_id;
      ids[name] = run_id;
      await service.post('runs/log-batch', {
        run_id,
        metrics: metrics.map(([key, value]) => ({ key, value, timestamp: 1, step: 0 })),
        params: Object.entries(params).map(([key, value]) => ({ key, value })),
        tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
      });
    }
    const dataset = { name: 'iris', digest: 'd1', source_type: 'local', source: 'here' };
    const tags = [{ key: 'mlflow.data.context', value: 'train' }];
    await service.post('runs/log-inputs', { run_id: ids['a'], datasets: [{ dataset, tags }] });
    await service.post('runs/log-inputs', {
      run_id: ids['b'],
      datasets: [{ dataset: { ...dataset, digest: 'd2' }, tags: [] }],
    });
    await service.post('runs/update', { run_id: ids['a'], status: 'FINISHED', end_time: 500 });
  });
  afterAll(() => service?.close());

  type Found = { runs?: { info: { run_name: string } }[]; next_page_token?: string };
  const search = async (request: object) =>
    (await service.post('runs/search', { experiment_ids: [experiment_id], ...request })).body as Found;
  const names = ({ runs = [] }: Found) => runs.map(({ info }) => info.run_name).join('');

  it.each([
    ['', 'fedcba'],
    ['metrics.acc > 0.85', 'fa'],
    ['metrics.acc < 0.85', 'eb'],
    ['metrics.acc != 0.9', 'fecb'],
    ["params.lr = '0.1'", 'ca'],
    ["params.lr != '0.1'", 'b'],
    ["params.opt LIKE 'sgd%'", 'b'],
    ["params.opt ILIKE 'sgd_'", 'b'],
    ["params.opt ILIKE 'sgd%'", 'ba'],
    ["params.opt LIKE 'sgd+'", 'b'],
    ['tags.`a b` = "it\'s 100%"', 'd'],
    ['params.opt IS NULL', 'fedc'],
    ["params.lr IS NOT NULL and tags.team = 'red'", 'a'],
    ["attributes.status = 'FINISHED'", 'a'],
    ["status != 'FINISHED' and user_id = 'ada'", 'fedcb'],
    ["run_name LIKE '_'", 'fedcba'],
    ['start_time >= 104', 'fe'],
    ['end_time = 500', 'a'],
    ["dataset.name = 'iris'", 'ba'],
    ["datasets.digest IN ('d1', 'x') AND params.lr = '0.1'", 'a'],
    ["datasets.context = 'train'", 'a'],
    ['metrics.never_logged > 0', ''],
    ["params.lr = '0.1' OR tags.team = 'blue'", 'cba'],
    ["NOT params.lr = '0.1'", 'fedb'],
    ["NOT (metrics.acc > 0.85 OR params.lr = '0.1')", 'edb'],
    ['NOT metrics.acc != 0.9', 'da'],
    ["(run_name = 'a' or run_name = 'b') and not tags.team LIKE 'r%'", 'b'],
    ["not dataset.name = 'iris' and (end_time > 1 or end_time <= 1)", ''],
    ["tags.team = '1'' OR 1=1 --'", ''],
  ])('by %s', async (filter, expected) => {
    const found = filter.includes("''") ? { runs: [] } : await search({ filter });
    expect(names(found)).toBe(expected);
  });

  it.each([
    [['metrics.acc ASC'], 'ebafcd'],
    [['metrics.acc DESC'], 'fabecd'],
    [['params.lr DESC'], 'bcafed'],
    [['params.lr', 'start_time ASC'], 'acbdef'],
    [['tags.nothing'], 'fedcba'],
    [['end_time DESC'], 'afedcb'],
    [['attributes.run_name ASC'], 'abcdef'],
  ])('in the order %j', async (order_by, expected) => {
    expect(names(await search({ order_by }))).toBe(expected);
  });

  it('by ids, of either case', async () => {
    expect(names(await search({ filter: `run_id IN ('${ids['a']}', '${ids['c']}', 'X')` }))).toBe('ca');
    expect(names(await search({ filter: `run_id NOT IN ('${ids['a']}')` }))).toBe('fedcb');
  });

  it('in pages, with no token after one that is exactly full', async () => {
    const first = await search({ max_results: 4 });
    expect(names(first)).toBe('fedc');
    const second = await search({ max_results: 2, page_token: first.next_page_token });
    expect(names(second)).toBe('ba');
    expect(second).not.toHaveProperty('next_page_token');
  });

  it.each([
    [[], 'fedcba'],
    [['metrics.acc DESC'], 'fabecd'],
    [['tags.team'], 'bafedc'],
    [['params.opt DESC', 'metrics.acc'], 'baefcd'],
    [['end_time'], 'afedcb'],
  ])('in pages of any length, in the order %j', async (order_by, expected) => {
    let page = await search({ order_by, max_results: 1 });
    let found = names(page);
    for (const max_results of [2, 1, 1000]) {
      page = await search({ order_by, max_results, page_token: page.next_page_token });
      found += names(page);
    }
    expect(found).toBe(expected);
    expect(page).not.toHaveProperty('next_page_token');
  });

  it("from an offset, which is what MLflow's page tokens are", async () => {
    const page_token = btoa('{"offset": 2}');
    expect(names(await search({ page_token, max_results: 3 }))).toBe('dcb');
    expect(names(await search({ page_token, order_by: ['metrics.acc'], filter: 'metrics.acc < 100' }))).toBe('a');
    const { next_page_token } = await search({ page_token, max_results: 3 });
    expect(JSON.parse(atob(next_page_token ?? ''))).toMatchObject({ offset: 5 });
  });

  it('only with a page token of the same search', async () => {
    const { next_page_token: page_token = '' } = await search({ max_results: 1 });
    const { after } = JSON.parse(atob(page_token)) as { after: { of: string; place: unknown[] } };
    const forged = (place: unknown) => btoa(JSON.stringify({ offset: 1, after: { ...after, place } }));
    for (const other of [
      { page_token, filter: 'metrics.acc > 0' },
      { page_token, order_by: ['end_time'] },
      { page_token, run_view_type: 'ALL' },
      { page_token, experiment_ids: [experiment_id, '0'] },
      { page_token: forged([]) },
      { page_token: forged(after.place.slice(1)) },
      { page_token: forged([...after.place].reverse()) },
      { page_token: forged([0, "'; drop table tracking.run"]) },
      { page_token: forged({}) },
    ]) {
      expect(await service.post('runs/search', { experiment_ids: [experiment_id], ...other })).toMatchObject({
        status: 400,
        body: error('INVALID_PARAMETER_VALUE', 'Invalid page token'),
      });
    }
  });

  it('once, however often their experiment is named', async () => {
    expect(names(await search({ experiment_ids: [experiment_id, '0', experiment_id] }))).toBe('fedcba');
  });

  it('shows what was logged, and what a run took in', async () => {
    const { runs } = await search({ filter: "run_name = 'a'" });
    expect(runs).toEqual([await service.run(ids['a'] as string)]);
  });

  it('shows deleted runs only when asked', async () => {
    await service.post('runs/delete', { run_id: ids['e'] });
    expect(names(await search({}))).toBe('fdcba');
    expect(names(await search({ run_view_type: 'DELETED_ONLY' }))).toBe('e');
    expect(names(await search({ run_view_type: 'ALL' }))).toBe('fedcba');
    await service.post('runs/restore', { run_id: ids['e'] });
  });

  it('finds nothing in no experiment, and in those that are not there', async () => {
    expect(await search({ experiment_ids: [] })).toEqual({});
    expect(await search({ experiment_ids: ['123456'] })).toEqual({});
  });

  it.each([
    [{ max_results: 0 }, "Invalid value 0 for parameter 'max_results' supplied"],
    [{ max_results: 50_001 }, "Invalid value 50001 for parameter 'max_results' supplied"],
    [{ experiment_ids: ['x'] }, "Invalid experiment ID 'x'"],
    [{ page_token: 'evil' }, 'Invalid page token, decoded value='],
    [{ page_token: 'evil hax' }, 'Invalid page token, could not base64-decode'],
    [{ page_token: btoa('{"offset": 0}') }, 'Invalid page token, parsed value=0'],
    [{ page_token: btoa('[]') }, 'Invalid page token, parsed value=null'],
    [{ page_token: btoa('{"offset": "x"}') }, 'Invalid page token, parsed value='],
    [{ filter: Array(10_000).fill("tags.a = 'b'").join(' OR ') }, 'Invalid filter: longer than 100000 characters'],
    [{ filter: Array(501).fill("tags.a = 'b'").join(' OR ') }, 'Invalid filter: more than 500 comparisons'],
    [{ filter: `${'('.repeat(1000)}tags.a = 'b'` }, 'Invalid filter: nested deeper than 100'],
    [{ filter: 'metrics.acc' }, 'Invalid clause(s)'],
    [{ filter: `params.x = 'a' ; drop table tracking.run` }, 'multiple expression'],
  ])('refuses %j', async (request, message) => {
    expect(await service.post('runs/search', { experiment_ids: [experiment_id], ...request })).toMatchObject({
      status: 400,
      body: error('INVALID_PARAMETER_VALUE', message),
    });
  });
});
