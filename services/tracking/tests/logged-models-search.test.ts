import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loggedModels, type Model } from './_logged-models.ts';
import { error, startService, type TrackingService } from './_service.ts';

describe('a search for logged models', () => {
  let service: TrackingService;
  let models: ReturnType<typeof loggedModels>;
  let experiment: string;
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    service = await startService();
    models = loggedModels(service);
    experiment = await service.newExperiment();
    const run_id = await service.newRun(experiment);
    const log = (model: string, key: string, value: unknown, timestamp: number, step: number, dataset = '') => {
      const [dataset_name, dataset_digest] = dataset.split('@');
      const metric = { run_id, key, value, timestamp, step, model_id: ids[model] };
      return service.post('runs/log-metric', { ...metric, ...(dataset && { dataset_name, dataset_digest }) });
    };
    for (const [name, model_type, lr, team] of [
      ['one', 'Agent', '0.2', 'red'],
      ['two', '', '0.2', 'Blue'],
      ['Three', 'LLM', '0.1', 'red'],
      ['four', 'Agent', '0.1', undefined],
    ] as const) {
      const tags = team === undefined ? [] : [{ key: 'the team', value: team }];
      const model = await models.create({
        experiment_id: experiment,
        name,
        model_type,
        params: [{ key: 'lr', value: lr }],
        tags,
      });
      ids[name] = model.info.model_id;
      await passMillisecond();
    }
    await models.call('PATCH', `/${ids['one']}`, { status: 'LOGGED_MODEL_READY' });
    await models.call('PATCH', `/${ids['four']}`, { status: 'LOGGED_MODEL_UPLOAD_FAILED' });
    await log('one', 'acc', 0.9, 10, 1, 'd1@g1');
    await log('one', 'acc', 0.3, 20, 0, 'd1@g1');
    await log('two', 'acc', 0.5, 10, 0, 'd1@g2');
    await log('Three', 'acc', 0.8, 10, 0, 'd2@g3');
    await log('Three', 'acc', 0.2, 10, 5, 'd2@g3');
    await log('one', 'a.b', 'NaN', 1, 0);
    await log('two', 'a.b', 5, 1, 0);
    await log('Three', 'a.b', -5, 1, 0);
  });
  afterAll(() => service?.close());

  /** So that times of creation differ. */
  async function passMillisecond() {
    for (const start = Date.now(); Date.now() === start; ) await new Promise(setImmediate);
  }

  const search = (request: Record<string, unknown>) => models.search({ experiment_ids: [experiment], ...request });
  const names = (body: Record<string, unknown>) => ((body['models'] ?? []) as Model[]).map(({ info }) => info['name']);
  const found = async (request: Record<string, unknown>) => names((await search(request)).body);

  it('finds the newest first, whole, and nothing outside its experiments', async () => {
    expect(await found({})).toEqual(['four', 'Three', 'two', 'one']);
    const { body } = await search({ filter: "name = 'Three'" });
    expect(body).toEqual({ models: [await models.get(ids['Three'] ?? '')] });
    expect(await found({ experiment_ids: [] })).toEqual([]);
    expect(await found({ experiment_ids: ['0', '99999'] })).toEqual([]);
    expect(await found({ experiment_ids: [experiment, experiment] })).toHaveLength(4);
  });

  it.each([
    ["name = 'one'", ['one']],
    ['attributes.name = "one"', ['one']],
    ["name != 'one' AND model_type = 'Agent'", ['four']],
    ["name LIKE 't%'", ['two']],
    ["name ILIKE 't%'", ['Three', 'two']],
    ["name IN ('one', 'two')", ['two', 'one']],
    ["name IN ('one',)", ['one']],
    ["name NOT IN ('one', 'two')", ['four', 'Three']],
    ["status = 'READY'", ['one']],
    ["status = 'LOGGED_MODEL_READY'", ['one']],
    ["status IN ('PENDING', 'FAILED')", ['four', 'Three', 'two']],
    ["status = 'LOGGED_MODEL_UPLOAD_FAILED'", ['four']],
    ["model_type = ''", ['two']],
    ["artifact_uri LIKE '%/artifacts' AND lifecycle_stage = 'active'", ['four', 'Three', 'two', 'one']],
    ['creation_timestamp > 0 AND creation_time < 1', []],
    ['last_updated_timestamp_ms > 1.5', ['four', 'Three', 'two', 'one']],
    ["tags.`the team` = 'red'", ['Three', 'one']],
    ["tags.'the team' != 'red'", ['two']],
    ['tags."the team" NOT IN (\'red\')', ['two']],
    ["params.lr = '0.1'", ['four', 'Three']],
    ['params.lr = 0.1', ['four', 'Three']],
    ['metrics.acc > 0.6', ['Three', 'one']],
    ['metrics.acc >= 0.5 AND metrics.acc <= 0.5', ['Three', 'two', 'one']],
    ['metrics.a.b > -100', ['Three', 'two']],
    ['metrics.`a.b` != 5', ['Three', 'one']],
    ['metrics.unknown > 0', []],
  ])('finds by %s', async (filter, expected) => {
    expect(await found({ filter })).toEqual(expected);
  });

  it('finds by id and by experiment', async () => {
    expect(await found({ filter: `model_id = '${ids['two']}'` })).toEqual(['two']);
    expect(await found({ filter: `experiment_id = '${experiment}'` })).toHaveLength(4);
  });

  it.each([
    ['the data set of any digest', [{ dataset_name: 'd1' }], undefined, ['two', 'one']],
    ['one digest', [{ dataset_name: 'd1', dataset_digest: 'g1' }], undefined, ['one']],
    [
      'either of two',
      [{ dataset_name: 'd1', dataset_digest: 'g1' }, { dataset_name: 'd2' }],
      undefined,
      ['Three', 'one'],
    ],
    ['metrics on the data set only', [{ dataset_name: 'd1' }], 'metrics.acc > 0.6', ['one']],
    ['no metric that is not on the data set', [{ dataset_name: 'd1' }], 'metrics.a.b > 0', []],
  ])('finds by data sets: %s', async (_what, datasets, filter, expected) => {
    expect(await found({ datasets, filter })).toEqual(expected);
  });

  it.each([
    [[{ field_name: 'name' }], ['Three', 'four', 'one', 'two']],
    [[{ field_name: 'name', ascending: false }], ['two', 'one', 'four', 'Three']],
    [[{ field_name: 'creation_timestamp' }], ['one', 'two', 'Three', 'four']],
    [
      [{ field_name: 'status' }, { field_name: 'name' }],
      ['Three', 'two', 'one', 'four'],
    ],
    [[{ field_name: 'model_type' }], ['two', 'four', 'one', 'Three']],
    [[{ field_name: 'metrics.acc' }], ['Three', 'one', 'two', 'four']],
    [[{ field_name: 'metrics.acc', ascending: false }], ['two', 'one', 'Three', 'four']],
    [[{ field_name: 'metrics.acc', dataset_name: 'd1' }], ['one', 'two', 'four', 'Three']],
    [[{ field_name: 'metrics.acc', dataset_digest: 'g2' }], ['two', 'four', 'Three', 'one']],
    [[{ field_name: 'metrics.a.b' }], ['Three', 'two', 'one', 'four']],
    [[{ field_name: 'metrics.a.b', ascending: false }], ['two', 'Three', 'one', 'four']],
    [[{ field_name: 'metrics.unknown' }], ['four', 'Three', 'two', 'one']],
  ])('sorts by %j', async (order_by, expected) => {
    expect(await found({ order_by })).toEqual(expected);
  });

  it.each([
    [{ filter: 'Foo' }, 'Invalid filter string'],
    [{ filter: "name = 'a' OR name = 'b'" }, 'Invalid filter string'],
    [{ filter: ' ' }, 'Invalid filter string'],
    [{ filter: 'name IS NULL' }, 'Expected a comparison with 3 tokens'],
    [{ filter: "name > 'foo'" }, 'Invalid comparison operator'],
    [{ filter: 'metrics.foo LIKE 0' }, 'Invalid comparison operator'],
    [{ filter: "creation_time = '5'" }, 'Expected numeric value type'],
    [{ filter: "tag.team = 'red'" }, "Invalid entity type: 'tag'"],
    [{ filter: "foo = 'x'" }, "Invalid attribute name: 'foo'"],
    [{ filter: "__proto__ = 'x'" }, "Invalid attribute name: '__proto__'"],
    [{ datasets: [{ dataset_digest: 'g1' }] }, '`dataset_name` in the `datasets` clause must be specified'],
    [{ order_by: [{ field_name: 'tags.team' }] }, 'Only metrics are supported'],
    [{ order_by: [{}] }, "Missing value for required parameter 'order_by[0].field_name'"],
    [{ max_results: -1 }, "Invalid value -1 for parameter 'max_results' supplied"],
    [{ experiment_ids: ['abc'] }, "Invalid experiment ID 'abc'"],
    [{ page_token: 'evil hax' }, 'Invalid page token'],
    [{ page_token: btoa('12') }, 'Invalid page token'],
    [{ page_token: btoa('{}') }, 'Experiment IDs in the page token do not match'],
  ])('refuses %j', async (request, message) => {
    expect(await search(request)).toMatchObject({ status: 400, body: error('INVALID_PARAMETER_VALUE', message) });
  });

  it('gives an unknown field to sort by an error class of its own', async () => {
    expect(await search({ order_by: [{ field_name: 'foo' }] })).toMatchObject({
      status: 400,
      body: {
        ...error('INVALID_PARAMETER_VALUE', 'Invalid order by field name: foo'),
        sqlstate: 'KAM04',
        error_class: 'ATTRIBUTE_NOT_FOUND',
      },
    });
  });

  it('goes page by page, of any size, without a token after the last', async () => {
    const query = { filter: "name != 'two'", order_by: [{ field_name: 'name' }] };
    const first = await search({ ...query, max_results: 1 });
    expect(names(first.body)).toEqual(['Three']);
    const second = await search({ ...query, max_results: 2, page_token: first.body['next_page_token'] });
    expect(names(second.body)).toEqual(['four', 'one']);
    expect(second.body).not.toHaveProperty('next_page_token');
    expect(await found({ max_results: 100_000 })).toHaveLength(4);
  });

  it('takes a page token only with the query it came from', async () => {
    const query = { filter: "name != 'two'", order_by: [{ field_name: 'name', ascending: true }] };
    const { body } = await search({ ...query, max_results: 1 });
    const page_token = body['next_page_token'] as string;
    expect(JSON.parse(atob(page_token))).toEqual({
      offset: 1,
      experiment_ids: [experiment],
      filter_string: "name != 'two'",
      order_by: [{ field_name: 'name', ascending: true, dataset_name: null, dataset_digest: null }],
    });
    for (const [change, message] of [
      [{ experiment_ids: ['0'] }, 'Experiment IDs in the page token do not match'],
      [{ order_by: [{ field_name: 'name', ascending: false }] }, 'Order by in the page token does not match'],
      [{ filter: '' }, 'Filter string in the page token does not match'],
    ] as const) {
      const answer = await search({ ...query, page_token, ...change });
      expect(answer).toMatchObject({ status: 400, body: error('INVALID_PARAMETER_VALUE', message) });
    }
  });
});
