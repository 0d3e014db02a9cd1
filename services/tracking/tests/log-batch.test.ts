import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { error, startService, type TrackingService } from './_service.ts';

describe('logging to a run', () => {
  let service: TrackingService;
  let run_id: string;
  beforeAll(async () => {
    service = await startService();
  });
  beforeEach(async () => {
    run_id = await service.newRun('0');
  });
  afterAll(() => service?.close());

  const data = async () => ((await service.run(run_id)) as { data?: Record<string, unknown> }).data ?? {};
  const history = async (metric_key: string) =>
    (await service.get('metrics/get-history', { run_id, metric_key, max_results: '25000' })).body['metrics'];
  const metric = (key: string, value: number | string, timestamp: number, step = 0) => ({
    key,
    value,
    timestamp,
    step,
  });
  const logBatch = (body: object) => service.post('runs/log-batch', { run_id, ...body });

  it('stores metrics, params and tags of a batch, and the batch again changes nothing', async () => {
    const batch = {
      metrics: [metric('loss', 0.5, 10, 1), metric('loss', 0.25, 20, 2), metric('acc', 1, 10)],
      params: [{ key: 'lr', value: '0.1' }, { key: 'empty' }],
      tags: [
        { key: 'note', value: 'old' },
        { key: 'note', value: 'new' },
      ],
    };
    for (let i = 0; i < 2; i++) expect(await logBatch(batch)).toMatchObject({ status: 200, body: {} });
    expect(await data()).toMatchObject({
      metrics: [metric('acc', 1, 10), metric('loss', 0.25, 20, 2)],
      params: [
        { key: 'empty', value: '' },
        { key: 'lr', value: '0.1' },
      ],
      tags: expect.arrayContaining([{ key: 'note', value: 'new' }]),
    });
    expect(await history('loss')).toEqual([metric('loss', 0.5, 10, 1), metric('loss', 0.25, 20, 2)]);
  });

  it('knows the latest metric by step, then time, then value, whatever came last', async () => {
    const points = [
      metric('m', 5, 9, 3),
      metric('m', 7, 8, 3),
      metric('m', 1, 100, 2),
      metric('m', 6, 9, 3),
      metric('m', 9, 1),
    ];
    for (const { key, value, timestamp, step } of points) {
      await service.post('runs/log-metric', { run_id, key, value, timestamp, step });
    }
    expect(await data()).toMatchObject({ metrics: [metric('m', 6, 9, 3)] });
    await logBatch({ metrics: [metric('n', 1, 5, 5), metric('n', 2, 5, 4), metric('n', 3, 9, 1)] });
    expect(await data()).toMatchObject({ metrics: [metric('m', 6, 9, 3), metric('n', 1, 5, 5)] });
    expect(await history('m')).toEqual(
      [...points].sort((a, b) => a.timestamp - b.timestamp || a.step - b.step || Number(a.value) - Number(b.value)),
    );
  });

  it('keeps NaN, and infinities as the largest numbers', async () => {
    await logBatch({
      metrics: [metric('nan', 'NaN', 1), metric('inf', 'Infinity', 1), metric('-inf', '-Infinity', 1, -4)],
    });
    const max = 1.7976931348623157e308;
    expect(await data()).toMatchObject({
      metrics: [metric('-inf', -max, 1, -4), metric('inf', max, 1), metric('nan', 'NaN', 1)],
    });
    expect(await history('nan')).toEqual([metric('nan', 'NaN', 1)]);
  });

  it('takes numbers in text, and true for a body that is JSON twice over', async () => {
    await service.post(
      'runs/log-metric',
      JSON.stringify({ run_uuid: run_id, key: 'a', value: '0.5', timestamp: '7', step: '12' }),
    );
    expect(await data()).toMatchObject({ metrics: [metric('a', 0.5, 7, 12)] });
  });

  it('never changes a param, and stores nothing of a batch that tries to', async () => {
    await service.post('runs/log-parameter', { run_id, key: 'a', value: '1' });
    expect(await service.post('runs/log-parameter', { run_id, key: 'a', value: '1' })).toMatchObject({ status: 200 });
    expect(await service.post('runs/log-parameter', { run_id, key: 'a', value: '2' })).toMatchObject({
      status: 400,
      body: error(
        'INVALID_PARAMETER_VALUE',
        `Changing param values is not allowed. Param with key='a' was already logged with value='1' for run ID='${run_id}'. Attempted logging new value '2'.`,
      ),
    });
    const before = await data();
    expect(
      await logBatch({
        metrics: [metric('m', 1, 1)],
        params: [
          { key: 'new', value: 'x' },
          { key: 'a', value: '3' },
        ],
        tags: [{ key: 't', value: 'x' }],
      }),
    ).toMatchObject({ status: 400, body: error('INVALID_PARAMETER_VALUE', 'Changing param values is not allowed') });
    expect(await data()).toEqual(before);
    expect(await history('m')).toBeUndefined();
  });

  it('cuts long params and tags, counting characters and not halves of them', async () => {
    await logBatch({ params: [{ key: 'p', value: '😀'.repeat(6001) }], tags: [{ key: 't', value: 'x'.repeat(8001) }] });
    const { params, tags } = (await data()) as { params: { value: string }[]; tags: { key: string; value: string }[] };
    expect(params[0]?.value).toBe('😀'.repeat(6000));
    expect(tags.find(({ key }) => key === 't')?.value).toBe('x'.repeat(8000));
  });

  const many = (count: number) => Array.from({ length: count }, (_, i) => i);
  it.each<[string, object, string]>([
    [
      'a metric without timestamp',
      { metrics: [{ key: 'a', value: 1 }] },
      "Missing value for required parameter 'metrics[0].timestamp'",
    ],
    [
      'a metric without value',
      { metrics: [metric('a', 1, 1), { key: 'a', value: null, timestamp: 1 }] },
      "'metrics[1].value'",
    ],
    ['a time before 1970', { metrics: [metric('a', 1, -1)] }, 'Timestamp must be a nonnegative long (64-bit integer)'],
    [
      'a key with odd signs',
      { metrics: [metric('a&b', 1, 1)] },
      `Invalid value "a&b" for parameter 'metrics[0].name' supplied: Names may only contain`,
    ],
    ['a key that is a way up', { params: [{ key: 'a/../b', value: '' }] }, "This name would resolve to 'b'"],
    [
      'a key ending in a slash',
      { tags: [{ key: 'a/', value: '' }] },
      `Invalid value "a/" for parameter 'tags[0].key' supplied`,
    ],
    [
      'a long metric key',
      { metrics: [metric('a'.repeat(251), 1, 1)] },
      "'Metric name' exceeds the maximum length of 250 characters",
    ],
    [
      'a long tag key',
      { tags: [{ key: 'a'.repeat(251), value: '' }] },
      "'tags[0].key' exceeds the maximum length of 250",
    ],
    [
      '1001 metrics',
      { metrics: many(1001).map((i) => metric('a', i, i)) },
      'A batch logging request can contain at most 1000 metrics. Got 1001 metrics.',
    ],
    [
      '101 params',
      { params: many(101).map((i) => ({ key: `p${i}`, value: '' })) },
      'at most 100 params. Got 101 params.',
    ],
    ['101 tags', { tags: many(101).map((i) => ({ key: `t${i}`, value: '' })) }, 'at most 100 tags. Got 101 tags.'],
    [
      '1001 things',
      { metrics: many(1000).map((i) => metric('a', i, i)), tags: [{ key: 't', value: '' }] },
      'at most 1000 metrics, params, and tags. Got 1001',
    ],
    [
      'a param twice',
      {
        params: [
          { key: 'q', value: '1' },
          { key: 'q', value: '1' },
        ],
      },
      "Duplicate parameter keys have been submitted: ['q']",
    ],
    ['text for a list', { metrics: 'x' }, `Invalid value "x" for parameter 'metrics' supplied`],
    [
      'a number for a param value',
      { params: [{ key: 'a', value: 1 }] },
      "Invalid value 1 for parameter 'params[0].value'",
    ],
    ['a step beyond 2^53', { metrics: [{ ...metric('a', 1, 1), step: '9007199254740993' }] }, "'metrics[0].step'"],
    ['a run id of odd signs', { run_id: 'a b' }, `Invalid value "a b" for parameter 'run_id' supplied`],
    ['no run id', { run_id: '' }, "Missing value for required parameter 'run_id'"],
  ])('refuses %s, and stores nothing', async (_what, body, message) => {
    expect(await logBatch(body)).toMatchObject({ status: 400, body: error('INVALID_PARAMETER_VALUE', message) });
    expect(await data()).toEqual({ tags: [expect.objectContaining({ key: 'mlflow.runName' })] });
  });

  it.each<[object, string]>([
    [{ run_id: 31, key: 'a', value: 1, timestamp: 1 }, "Invalid value 31 for parameter 'run_id' supplied"],
    [{ key: 'a', value: 1, timestamp: 1, step: 'foo' }, `Invalid value "foo" for parameter 'step' supplied`],
    [{ value: 1, timestamp: 1 }, "Missing value for required parameter 'key'"],
    [{ key: 'a', value: '', timestamp: 1 }, "Missing value for required parameter 'value'"],
    [{ key: './a', value: 1, timestamp: 1 }, `Invalid value "./a" for parameter 'name' supplied`],
  ])('refuses the metric %j', async (body, message) => {
    expect(await service.post('runs/log-metric', { run_id, ...body })).toMatchObject({
      status: 400,
      body: error('INVALID_PARAMETER_VALUE', message),
    });
  });

  it('stores every point of many writers to one run, without deadlock', async () => {
    const keys = many(20).map((i) => `key${i}`);
    const batches = many(40).map((i) => {
      const shuffled = i % 2 ? keys : [...keys].reverse();
      return logBatch({
        metrics: shuffled.map((key) => metric(key, i, 1000 + i, i)),
        params: [{ key: 'same', value: 'v' }],
      });
    });
    expect((await Promise.all(batches)).map(({ status }) => status)).toEqual(Array(40).fill(200));
    const { metrics } = (await data()) as { metrics: unknown[] };
    expect(metrics).toEqual([...keys].sort().map((key) => metric(key, 39, 1039, 39)));
    expect(await history('key7')).toHaveLength(40);
  });

  it('pages through a history without a token after the last page', async () => {
    await logBatch({ metrics: many(10).map((i) => metric('h', i, i)) });
    const pages: unknown[] = [];
    let page_token = '';
    do {
      const { body } = await service.get('metrics/get-history', {
        run_id,
        metric_key: 'h',
        max_results: '5',
        page_token,
      });
      pages.push((body['metrics'] as { value: number }[]).map(({ value }) => value));
      page_token = (body['next_page_token'] as string | undefined) ?? '';
    } while (page_token !== '');
    expect(pages).toEqual([
      [0, 1, 2, 3, 4],
      [5, 6, 7, 8, 9],
    ]);
    const offset = btoa(JSON.stringify({ offset: 8 }));
    const late = await service.get('metrics/get-history', { run_id, metric_key: 'h', page_token: offset });
    expect(late.body['metrics']).toEqual([metric('h', 8, 8), metric('h', 9, 9)]);
    expect((await service.get('metrics/get-history', { run_id, metric_key: 'h' })).body['metrics']).toHaveLength(10);
    expect((await service.get('metrics/get-history', { run_id, metric_key: 'unknown' })).body).toEqual({});
    expect((await service.get('metrics/get-history', { run_id: 'unknown', metric_key: 'h' })).body).toEqual({});
    expect(await service.get('metrics/get-history', { run_id, metric_key: 'h', max_results: '0' })).toMatchObject({
      status: 400,
      body: error('INVALID_PARAMETER_VALUE', "Invalid value 0 for parameter 'max_results' supplied"),
    });
    expect(await service.get('metrics/get-history', { run_id, metric_key: 'h', page_token: 'x' })).toMatchObject({
      status: 400,
      body: error('INVALID_PARAMETER_VALUE', 'Invalid page token'),
    });
  });
});
