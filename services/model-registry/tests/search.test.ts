import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { invalid, type Model, type RegistryService, startService, type Version } from './_service.ts';

let service: RegistryService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());

describe('searching registered models', () => {
  beforeAll(async () => {
    const models: [string, Record<string, string>][] = [
      ['Alpha', { t: 'xyz', env: 'prod' }],
      ['alpha', { t: 'xab' }],
      ['beta_1', { 'a b': 'Value', 'env.x': '100%' }],
      ['betaX1', {}],
      ['Ärger', { t: '' }],
    ];
    for (const [name, tags] of models) {
      const list = Object.entries(tags).map(([key, value]) => ({ key, value }));
      await service.post('registered-models/create', { name, tags: list });
    }
    await service.post('registered-models/create', {
      name: 'a prompt',
      tags: [{ key: 'mlflow.prompt.is_prompt', value: 'true' }],
    });
    await service.post('registered-models/create', {
      name: 'no prompt',
      tags: [{ key: 'mlflow.prompt.is_prompt', value: 'True' }],
    });
  });

  const search = (query: Record<string, string | string[]>) => service.get('registered-models/search', query);
  const names = async (query: Record<string, string | string[]>) => {
    const { body } = await search(query);
    return (body['registered_models'] as Model[] | undefined)?.map(({ name }) => name) ?? [];
  };
  const ALL = ['Alpha', 'alpha', 'beta_1', 'betaX1', 'no prompt', 'Ärger'];

  it.each([
    ['', ALL],
    ["name = 'alpha'", ['alpha']],
    ['attribute.name = "alpha"', ['alpha']],
    ["name='alpha' AND name != 'Alpha'", ['alpha']],
    ["name != 'alpha'", ['Alpha', 'beta_1', 'betaX1', 'no prompt', 'Ärger']],
    ["name LIKE 'a%'", ['alpha']],
    ["name ilike 'ALPHA'", ['Alpha', 'alpha']],
    ["name ILIKE 'ä%'", ['Ärger']],
    ["name like 'beta_1'", ['beta_1', 'betaX1']],
    ["name LIKE 'beta\\_1'", []],
    ["name IN ('alpha', 'Alpha')", ['Alpha', 'alpha']],
    ["name NOT IN ('alpha', 'Alpha') and name like '%beta%'", ['beta_1', 'betaX1']],
    ["tags.t = 'xyz'", ['Alpha']],
    ["tag.t LIKE 'x%'", ['Alpha', 'alpha']],
    ["tags.t LIKE 'x%' AND tags.t != 'xyz'", ['alpha']],
    ["tags.t = 'xyz' and tags.env = 'prod'", ['Alpha']],
    ["tags.t != 'xyz'", ['alpha', 'Ärger']],
    ["tags.t = ''", ['Ärger']],
    ["tags.`a b` ILIKE 'v%'", ['beta_1']],
    ['tags."a b" = \'Value\'', ['beta_1']],
    ["tags.env.x LIKE '100%'", ['beta_1']],
    ["tags.nobody != 'x'", []],
  ])('finds for %j just what it says', async (filter, expected) => {
    expect((await names({ filter })).sort()).toEqual([...expected].sort());
  });

  it.each([
    ["tags.`mlflow.prompt.is_prompt` = 'true'", ['a prompt']],
    ["tags.`mlflow.prompt.is_prompt` = 'TRUE'", []],
    ["tag.`mlflow.prompt.is_prompt` != 'False'", ['a prompt', 'no prompt']],
    ["tags.`mlflow.prompt.is_prompt` != 'true'", ALL],
    ["tags.`mlflow.prompt.is_prompt` = 'false'", ALL],
    ["tags.`mlflow.prompt.is_prompt` LIKE 't%'", ALL],
    ["tags.`mlflow.prompt.is_prompt` = 'false' AND tags.`mlflow.prompt.is_prompt` = 'true'", ALL],
    ["name = 'a prompt'", []],
    ["name = 'a prompt' AND tags.`mlflow.prompt.is_prompt` = 'true'", ['a prompt']],
  ])('shows prompts only to those who ask for them: %j', async (filter, expected) => {
    expect((await names({ filter })).sort()).toEqual([...expected].sort());
  });

  it.each([
    ['name = alpha', 'either not quoted or unidentified quote types'],
    ['name = 123', 'Expected a quoted string value'],
    ['tags.t = 1', 'Expected a quoted string value for tag'],
    ["name > 'a'", 'Invalid comparator for attribute: >'],
    ["tags.t > 'a'", 'Invalid comparator for tag: >'],
    ["tags.t IN ('a')", 'Expected a quoted string value for tag'],
    ['tags.t IS NULL', 'Invalid comparator for tag: IS NULL'],
    ["name = 'a' OR name = 'b'", 'Invalid clause(s) in filter string'],
    ["(name = 'a')", 'Invalid clause(s) in filter string'],
    ['name =', 'Invalid clause(s) in filter string'],
    ["name = 'a';", 'Invalid clause(s) in filter string'],
    ["name = 'a'; name = 'b'", 'multiple expression'],
    ["run_id = 'x'", "Invalid attribute key 'run_id' specified"],
    ["Name = 'x'", "Invalid attribute key 'Name' specified"],
    ["params.x = 'a'", "Invalid entity type 'params'"],
    ['   ', 'Could not be parsed'],
  ])('refuses the filter %j', async (filter, message) => {
    expect(await search({ filter })).toMatchObject(invalid(message));
  });

  it('orders by name, capitals first, or as asked', async () => {
    const filter = "name LIKE '%a%' AND name != 'Ärger'";
    expect(await names({ filter })).toEqual(['Alpha', 'alpha', 'betaX1', 'beta_1']);
    expect(await names({ filter, order_by: 'name DESC' })).toEqual(['beta_1', 'betaX1', 'alpha', 'Alpha']);
    await service.patch('registered-models/update', { name: 'alpha', description: 'touched' });
    expect((await names({ filter, order_by: ['last_updated_timestamp desc', 'name'] }))[0]).toBe('alpha');
    expect((await names({ filter, order_by: 'timestamp' })).at(-1)).toBe('alpha');
  });

  it.each([
    ['creation_timestamp', 'Invalid order by key'],
    ['tags.x', 'Invalid order by key'],
    ['attribute.name', 'Invalid order by key'],
    ['', 'Invalid order_by clause'],
    ['name, timestamp', 'Invalid order_by clause'],
    ['name asc please', 'Invalid order_by clause'],
    ['name upwards', 'Invalid ordering key'],
  ])('refuses the order %j', async (order_by, message) => {
    expect(await search({ order_by: ['timestamp', order_by] })).toMatchObject(invalid(message));
  });

  it('refuses to order by one thing twice', async () => {
    expect(await search({ order_by: ['timestamp', 'last_updated_timestamp DESC'] })).toMatchObject(
      invalid('contains duplicate fields'),
    );
  });

  it('gives pages without a token behind the last one', async () => {
    const page = (page_token: string) => search({ max_results: '3', page_token });
    const first = await page('');
    expect(first.body['registered_models']).toHaveLength(3);
    const second = await page(first.body['next_page_token'] as string);
    expect(second.body['registered_models']).toHaveLength(3);
    expect(second.body).not.toHaveProperty('next_page_token');
    const found = [first, second].flatMap(({ body }) => body['registered_models'] as Model[]);
    expect(found.map(({ name }) => name)).toEqual(await names({}));
    expect((await page(Buffer.from('{"offset": 600}').toString('base64'))).body).toEqual({});
  });

  it.each([
    [{ max_results: '1001', page_token: 'evilhax' }, 'Invalid value "1001" for parameter \'max_results\''],
    [{ max_results: '0' }, 'max_results'],
    [{ max_results: 'many' }, 'Invalid value "many" for parameter \'max_results\''],
    [{ page_token: 'evilhax' }, 'could not base64-decode'],
    [{ page_token: Buffer.from('{"offset": 0}').toString('base64') }, 'Invalid page token, parsed value'],
  ])('refuses %j', async (query, message) => {
    expect(await search(query as never)).toMatchObject(invalid(message));
  });
});

describe('searching model versions', () => {
  let one: string;
  let two: string;
  beforeAll(async () => {
    one = await service.newModel();
    two = await service.newModel();
    for (const name of [one, two].sort()) {
      for (let i = 1; i <= 3; i++) {
        await service.newVersion(name, {
          source: `s3://Bucket/${i}`,
          run_id: `run${i}`,
          tags: [{ key: 't', value: `v${i}` }],
        });
      }
    }
    await service.post('registered-models/alias', { name: one, alias: 'a', version: '1' });
  });

  const search = (query: Record<string, string | string[]>) => service.get('model-versions/search', query);
  const versionsOf = async (filter: string, query: Record<string, string | string[]> = {}) => {
    const { body } = await search({ filter, ...query });
    return ((body['model_versions'] as Version[] | undefined) ?? []).map(({ version }) => version);
  };

  it.each([
    ['', ['3', '2', '1']],
    ["run_id IN ('run1', 'run3')", ['3', '1']],
    ["run_id IN ('RUN1', 'run2',)", ['2']],
    ["run_id NOT IN ('run1')", ['3', '2']],
    ["run_id = 'run1'", ['1']],
    ["run_id LIKE 'RUN%'", []],
    ["run_id ILIKE 'RUN%'", ['3', '2', '1']],
    ['version_number <= 2', ['2', '1']],
    ['version_number<3', ['2', '1']],
    ["version_number = '2'", ['2']],
    ['version_number != 2', ['3', '1']],
    ['version_number > 1.5', ['3', '2']],
    ["source_path ILIKE 's3://bucket/%'", ['3', '2', '1']],
    ["source_path LIKE 's3://bucket/%'", []],
    ["tags.t = 'v2'", ['2']],
    ["tags.t LIKE 'v%' AND tags.t != 'v2'", ['3', '1']],
    ["tag.t ilike 'V1' and attribute.version_number = 1", ['1']],
    ["tags.nobody != 'x'", []],
  ])('finds for %j just what it says', async (filter, expected) => {
    const named = `name = '${one}'${filter && ` AND ${filter}`}`;
    expect(await versionsOf(named)).toEqual(expected);
  });

  it.each([
    ['name = alpha', 'either not quoted or unidentified quote types'],
    ['name = 123', 'attributes support comparison with numeric values'],
    ["run_id > 'a'", 'Invalid comparator for attribute: >'],
    ["version_number LIKE '1'", 'Invalid comparator for attribute version_number: LIKE'],
    ["version_number = 'x'", "Invalid value for numeric attribute 'version_number'"],
    ["source_path IN ('a')", 'support comparison with a list'],
    ['run_id IN (1, 2)', 'got different type in list'],
    ['run_id IN ()', 'got empty list'],
    ['run_id IN (,)', 'ill-formed list'],
    ["run_id IN ('a'", 'Invalid clause(s) in filter string'],
    ["current_stage = 'None'", "Invalid attribute key 'current_stage' specified"],
    ['creation_timestamp > 1', "Invalid attribute key 'creation_timestamp' specified"],
    ["attributes.name = 'x'", "Invalid entity type 'attributes'"],
  ])('refuses the filter %j', async (filter, message) => {
    expect(await search({ filter })).toMatchObject(invalid(message));
  });

  it('lists last changes first, or as asked, and without aliases', async () => {
    const filter = `name IN ('${one}', '${two}')`;
    const list = async (...order_by: string[]) =>
      ((await search({ filter, order_by })).body['model_versions'] as Version[]).map(({ name, version }) =>
        [name, version].join(),
      );
    const [first, last] = [one, two].sort() as [string, string];
    const down = ['3', '2', '1'];
    const of = (name: string) => (version: string) => [name, version].join();
    expect(await list('name')).toEqual([...down.map(of(first)), ...down.map(of(last))]);
    expect(await list('attribute.name DESC')).toEqual([...down.map(of(last)), ...down.map(of(first))]);
    expect(await list('version_number ASC')).toEqual(['1', '2', '3'].flatMap((v) => [of(first)(v), of(last)(v)]));
    expect(await list('creation_timestamp')).toEqual([first, last].flatMap((name) => ['1', '2', '3'].map(of(name))));
    await service.patch('model-versions/update', { name: first, version: '2', description: 'touched' });
    expect((await list())[0]).toBe(of(first)('2'));
    const { body } = await search({ filter });
    for (const version of body['model_versions'] as Version[]) expect(version).not.toHaveProperty('aliases');
  });

  it.each([
    ['timestamp', 'Invalid attribute key'],
    ['run_id', 'Invalid attribute key'],
    ['current_stage', 'Invalid attribute key'],
    ['tags.t', 'Invalid attribute key'],
    ['name sideways', 'Invalid ordering key'],
    ['', 'Invalid order_by clause'],
  ])('refuses the order %j', async (order_by, message) => {
    expect(await search({ order_by: ['name', order_by] })).toMatchObject(invalid(message));
  });

  it('refuses to order by one thing twice', async () => {
    expect(await search({ order_by: ['name', 'attribute.name'] })).toMatchObject(invalid('contains duplicate fields'));
  });

  it('gives pages without a token behind the last one', async () => {
    const page = (page_token: string) => search({ filter: `name = '${one}'`, max_results: '2', page_token });
    const first = await page('');
    const second = await page(first.body['next_page_token'] as string);
    expect([first, second].map(({ body }) => (body['model_versions'] as Version[]).length)).toEqual([2, 1]);
    expect(second.body).not.toHaveProperty('next_page_token');
    expect((await search({ filter: `name = '${one}'`, max_results: '3' })).body).not.toHaveProperty('next_page_token');
  });

  it('refuses a number of results below 1 and above 200,000', async () => {
    expect(await search({ max_results: '0' })).toMatchObject(invalid('Invalid value for max_results'));
    expect(await search({ max_results: '200001' })).toMatchObject(invalid('Invalid value "200001"'));
    expect(await search({ max_results: '200000' })).toMatchObject({ status: 200 });
  });

  it('hides all versions of a model that has a prompt among them', async () => {
    const name = await service.newModel();
    await service.newVersion(name);
    const prompt = [{ key: 'mlflow.prompt.is_prompt', value: 'true' }];
    await service.newVersion(name, { source: 'dummy-source', tags: prompt });
    expect(await versionsOf(`name = '${name}'`)).toEqual([]);
    expect(await versionsOf(`name = '${name}' AND tag.\`mlflow.prompt.is_prompt\` = 'true'`)).toEqual(['2']);
  });

  it('cuts pages short whose versions are big, and loses none', async () => {
    const name = await service.newModel();
    const big = { key: 'big', value: 'x'.repeat(100_000) };
    const tags = Array.from({ length: 40 }, (_, i) => ({ ...big, key: `big${i}` }));
    for (let i = 0; i < 6; i++) await service.newVersion(name, { tags });
    const found: string[] = [];
    let pages = 0;
    for (let token: string | undefined = ''; token !== undefined; pages++) {
      const { body } = await search({ filter: `name = '${name}'`, page_token: token });
      found.push(...(body['model_versions'] as Version[]).map(({ version }) => version));
      token = body['next_page_token'] as string | undefined;
    }
    expect(found).toEqual(['6', '5', '4', '3', '2', '1']);
    expect(pages).toBe(2);
  });
});
