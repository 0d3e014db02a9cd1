import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { error, startService, type TrackingService } from './_service.ts';

describe('searching experiments', () => {
  let service: TrackingService;

  beforeAll(async () => {
    service = await startService();
    await service.post('experiments/delete', { experiment_id: '0' });
    for (const [name, tags] of [
      ['a', { team: 'red', size: '1' }],
      ['b', { team: 'blue' }],
      ['C', { team: 'red' }],
      ['d', {}],
    ] as const) {
      const pairs = Object.entries(tags).map(([key, value]) => ({ key, value }));
      expect((await service.post('experiments/create', { name, tags: pairs })).status).toBe(200);
    }
  });
  afterAll(() => service?.close());

  type Found = { experiments?: { name: string }[]; next_page_token?: string };
  const search = async (request: object) =>
    (await service.post('experiments/search', { max_results: 1000, ...request })).body as Found;
  const names = ({ experiments = [] }: Found) => experiments.map(({ name }) => name).join('');

  it.each([
    ["tags.team = 'red' OR name = 'd'", 'Cad'],
    ["NOT tags.team = 'red'", 'bd'],
    ["NOT (tags.team = 'red' OR tags.team IS NULL)", 'b'],
    ["tags.team = 'red' AND NOT tags.size IS NOT NULL", 'C'],
    ["name = 'a' OR name = 'b' AND tags.team = 'red'", 'a'],
    ['not creation_time > 0', ''],
  ])('by %s', async (filter, expected) => {
    expect(names(await search({ filter, order_by: ['name'] }))).toBe(expected);
  });

  it.each([
    [['name'], 'Cabd'],
    [['name DESC'], 'dbaC'],
    [['experiment_id DESC'], 'dCba'],
    [['attribute.creation_time ASC', 'experiment_id'], 'abCd'],
    [['last_update_time DESC', 'experiment_id DESC'], 'dCba'],
  ])('in pages of any length, in the order %j', async (order_by, expected) => {
    let page = await search({ order_by, max_results: 1 });
    let found = names(page);
    for (const max_results of [2, 1]) {
      page = await search({ order_by, max_results, page_token: page.next_page_token });
      found += names(page);
    }
    expect(found).toBe(expected);
    expect(page).not.toHaveProperty('next_page_token');
  });

  it("from an offset, which is what MLflow's page tokens are", async () => {
    expect(names(await search({ page_token: btoa('{"offset": 3}'), order_by: ['name'] }))).toBe('d');
  });

  it('only with a page token of the same search', async () => {
    const { next_page_token: page_token = '' } = await search({ max_results: 1 });
    const { after } = JSON.parse(atob(page_token)) as { after: { of: string; place: unknown[] } };
    const forged = (place: unknown) => btoa(JSON.stringify({ offset: 1, after: { ...after, place } }));
    for (const other of [
      { page_token, filter: "name = 'a'" },
      { page_token, order_by: ['name'] },
      { page_token, view_type: 'ALL' },
      { page_token: forged([]) },
      { page_token: forged(['1', '1; drop table tracking.run']) },
    ]) {
      expect(await service.post('experiments/search', { max_results: 5, ...other })).toMatchObject({
        status: 400,
        body: error('INVALID_PARAMETER_VALUE', 'Invalid page token'),
      });
    }
  });

  it.each([
    ["name = 'a' OR", 'Invalid clause(s)'],
    ["(name = 'a'", 'Invalid clause(s)'],
    ["name = 'a' OR foo = 'b'", 'Invalid attribute key'],
    ["NOT attributes.name = 'a'", "Invalid entity type 'attributes'"],
    ["name = 'a' OR (name IS NULL)", 'IS NULL / IS NOT NULL is only supported for tags'],
  ])('refuses %s', async (filter, message) => {
    expect(await service.post('experiments/search', { max_results: 5, filter })).toMatchObject({
      status: 400,
      body: error('INVALID_PARAMETER_VALUE', message),
    });
  });
});
