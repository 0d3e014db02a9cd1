import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HOSTILE } from './_bad-values.ts';
import { error, startService, type TrackingService } from './_service.ts';

const INHERITED = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
const SHORT = HOSTILE.filter((text) => text.length < 200);

describe('text that means something to SQL or to JavaScript', () => {
  let service: TrackingService;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(async () => {
    await service?.close();
  });

  const tagged = (values: readonly string[]) => values.map((value, i) => ({ key: `key ${i}`, value }));
  const named = (keys: readonly string[]) => keys.map((key) => ({ key, value: `of ${key}` }));
  const sorted = (pairs: readonly { key: string }[]) => [...pairs].sort((a, b) => (a.key < b.key ? -1 : 1));

  it('is kept to the letter in names, users, tags, params and data sets', async () => {
    for (const text of SHORT) {
      const name = `${text} ${crypto.randomUUID()}`;
      const { body } = await service.post('experiments/create', { name, tags: tagged(SHORT) });
      const { experiment_id } = body as { experiment_id: string };
      const found = await service.get('experiments/get-by-name', { experiment_name: name });
      expect(found.body).toMatchObject({ experiment: { experiment_id, name, tags: tagged(SHORT) } });

      const created = await service.post('runs/create', { experiment_id, run_name: text, user_id: text });
      const { run_id } = (created.body as { run: { info: { run_id: string } } }).run.info;
      const pairs = { params: tagged(SHORT), tags: tagged(SHORT) };
      expect((await service.post('runs/log-batch', { run_id, ...pairs })).status).toBe(200);
      const dataset = {
        name: text,
        digest: text.slice(0, 36),
        source_type: text,
        source: text,
        schema: text,
        profile: text,
      };
      const inputs = [{ dataset, tags: [{ key: 'mlflow.data.context', value: text }] }];
      expect((await service.post('runs/log-inputs', { run_id, datasets: inputs })).status).toBe(200);

      const { info, data, inputs: stored } = (await service.run(run_id)) as Record<string, unknown>;
      expect(info).toMatchObject({ run_name: text, user_id: text });
      expect(data).toMatchObject({
        params: pairs.params,
        tags: [...pairs.tags, { key: 'mlflow.runName', value: text }],
      });
      expect(stored).toMatchObject({ dataset_inputs: inputs });
    }
  });

  it('is kept to the letter as the key of tags, params and metrics, of runs, experiments and logged models', async () => {
    const experiment_id = await service.newExperiment();
    const run_id = await service.newRun(experiment_id);
    const metrics = INHERITED.map((key, i) => ({ key, value: i, timestamp: 1, step: 0 }));
    const pairs = { params: named(INHERITED), tags: named(INHERITED) };
    expect((await service.post('runs/log-batch', { run_id, metrics, ...pairs })).status).toBe(200);
    for (const { key, value } of pairs.tags)
      await service.post('experiments/set-experiment-tag', { experiment_id, key, value });
    const made = await service.post('logged-models', { experiment_id, name: 'constructor', ...pairs });

    const { data } = (await service.run(run_id)) as Record<string, unknown>;
    const { metrics: points, params, tags } = data as Record<string, { key: string }[]>;
    expect(sorted(points ?? [])).toEqual(sorted(metrics));
    expect(sorted(params ?? [])).toEqual(sorted(pairs.params));
    expect(sorted(tags ?? []).filter(({ key }) => key !== 'mlflow.runName')).toEqual(sorted(pairs.tags));
    const experiment = await service.get('experiments/get', { experiment_id });
    expect(experiment.body).toMatchObject({ experiment: { tags: sorted(pairs.tags) } });
    expect(made.body).toMatchObject({ model: { info: { name: 'constructor', tags: expect.any(Array) } } });
  });

  it('is compared to the letter in filters, and finds what has it and nothing else', async () => {
    const experiment_id = await service.newExperiment();
    for (const text of SHORT.filter((value) => !value.includes("'"))) {
      const run_id = await service.newRun(experiment_id);
      await service.post('runs/log-parameter', { run_id, key: 'p', value: text });
      const search = { experiment_ids: [experiment_id], filter: `params.p = '${text}'` };
      const { body } = await service.post('runs/search', search);
      const { runs = [] } = body as { runs?: { info: { run_id: string } }[] };
      expect(runs.map(({ info }) => info.run_id)).toEqual([run_id]);
    }
  });
});

describe('a search that goes too far', () => {
  let service: TrackingService;
  let experiment_ids: readonly string[];
  beforeAll(async () => {
    service = await startService();
    experiment_ids = [await service.newExperiment()];
    await service.newRun(experiment_ids[0]);
  });
  afterAll(async () => {
    await service?.close();
  });

  const endless = {
    'ten thousand terms': Array(10_000).fill("params.a = 'x'").join(' and '),
    'ten thousand alternatives': Array(10_000).fill("params.a = 'x'").join(' or '),
    'ten thousand nested parentheses': `${'('.repeat(10_000)}params.a = 'x'${')'.repeat(10_000)}`,
    'ten thousand negations': `${'not '.repeat(10_000)}params.a = 'x'`,
    'a list of a hundred thousand': `attributes.run_id in (${Array(100_000).fill("'x'").join()})`,
    'quotes that nobody closes': `params.a = ${"'".repeat(100_001)}`,
    'a megabyte of spaces': `params.a =${' '.repeat(1_000_000)}`,
  };
  it.each(Object.entries(endless))('by a filter of %s is refused', async (_what, filter) => {
    for (const path of ['runs/search', 'experiments/search', 'logged-models/search']) {
      const { status, body } = await service.post(path, { experiment_ids, filter, max_results: 5 });
      expect([path, status, body]).toEqual([path, 400, expect.objectContaining(error('INVALID_PARAMETER_VALUE', ''))]);
    }
  });

  const base64 = (json: string) => Buffer.from(json).toString('base64');
  const tokens = {
    'no base64': '!',
    'no JSON': base64('x'),
    'another JSON': base64('[1]'),
    'no offset': base64('{}'),
    'an endless offset': base64('{"offset": 1e400}'),
    'a huge offset': base64('{"offset": 9223372036854775808}'),
    'a negative offset': base64('{"offset": -1}'),
    'a broken offset': base64('{"offset": 1.5}'),
    'an offset of another type': base64('{"offset": {"$gt": 0}}'),
    SQL: base64(`{"offset": "1; drop table tracking.run"}`),
    'JSON ten thousand deep': base64(`{"offset": ${'['.repeat(10_000)}${']'.repeat(10_000)}}`),
    'parts ten thousand deep': base64(`{"experiment_ids": ${'['.repeat(10_000)}${']'.repeat(10_000)}}`),
    'a megabyte': 'A'.repeat(1_000_000),
  };
  it.each(Object.entries(tokens))('by a page token with %s is refused', async (_what, page_token) => {
    for (const path of ['runs/search', 'experiments/search', 'logged-models/search']) {
      const { status, body } = await service.post(path, { experiment_ids, page_token, max_results: 5 });
      expect([path, status, body]).toEqual([
        path,
        400,
        expect.objectContaining(error('INVALID_PARAMETER_VALUE', 'token')),
      ]);
    }
  });
});
