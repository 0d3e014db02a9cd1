import { get, type Json, type JsonObject, post, type Request } from '../request.ts';

const metric = (body: JsonObject) =>
  post('runs/log-metric', { run_id: '<run>', key: 'm', value: 1, timestamp: 1, ...body });
const param = (body: JsonObject) => post('runs/log-parameter', { run_id: '<run>', key: 'p', value: '1', ...body });
const batch = (body: JsonObject) => post('runs/log-batch', { run_id: '<run>', ...body });
const point = (key: string, value: Json, step = 0, timestamp = 1) => ({ key, value, timestamp, step });
const pair = (key: string, value: string) => ({ key, value });
const KEYS = [
  'a//b',
  '/a',
  'a/',
  '../a',
  './a',
  'a/../b',
  '.',
  'a&b',
  'é ü/x:y.z-1',
  '漢字',
  'x'.repeat(250),
  'x'.repeat(251),
];

const single: readonly Request[] = [
  metric({}),
  metric({}),
  metric({ value: 2 }),
  ...['NaN', 'Infinity', '-Infinity', 'inf', '1e3', '-1.5', '1e400'].map((value, step) =>
    metric({ key: `v${step}`, value }),
  ),
  metric({ value: -0 }),
  metric({ step: -3, value: 7 }),
  metric({ step: '12' }),
  metric({ step: '1e1' }),
  metric({ timestamp: '5' }),
  metric({ timestamp: -1 }),
  metric({ timestamp: 0 }),
  metric({ run_id: 'nobody' }),
  metric({ run_id: '0'.repeat(32) }),
  metric({ model_id: 'm-nobody' }),
  post('runs/log-metric', { run_uuid: '<run>', key: 'by uuid', value: 1, timestamp: 1 }),
  ...KEYS.map((key) => metric({ key })),
  param({}),
  param({}),
  param({ value: '2' }),
  param({ key: 'absent', value: null }),
  param({ key: 'empty', value: '' }),
  param({ key: 'long', value: 'x'.repeat(6001) }),
  param({ key: 'long', value: 'x'.repeat(6002) }),
  param({ run_id: 'nobody' }),
  post('runs/log-parameter', { run_uuid: '<run>', key: 'by uuid', value: '1' }),
  ...KEYS.map((key) => param({ key })),
];

const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

const batches: readonly Request[] = [
  batch({}),
  batch({ run_id: 'nobody' }),
  batch({ run_id: 'a b' }),
  batch({ run_id: 'x'.repeat(257) }),
  batch({
    metrics: [point('b', 1), point('b', 1), point('b', 'NaN', 1)],
    params: [pair('bp', '1')],
    tags: [pair('bt', 'x')],
  }),
  batch({
    metrics: [point('b', 1), point('b', 1), point('b', 'NaN', 1)],
    params: [pair('bp', '1')],
    tags: [pair('bt', 'x')],
  }),
  batch({ metrics: [{ key: 'a' }] }),
  batch({ metrics: [{ key: 'a', value: 1 }] }),
  batch({ metrics: [{ key: 'a', value: 1, timestamp: 1 }] }),
  batch({ metrics: [{ key: 'a', value: null, timestamp: 1 }] }),
  batch({ metrics: [{ key: 'a', value: 1, timestamp: null }] }),
  batch({ params: [{ key: 'q' }] }),
  batch({ params: [pair('q', '1'), pair('q', '1')] }),
  batch({ params: [pair('p', 'changed')] }),
  batch({ params: [pair('p', '1'), pair('new', '1')] }),
  batch({ tags: [pair('t', '1'), pair('t', '2')] }),
  batch({ tags: [{ value: 'x' }] }),
  batch({ tags: [pair('mlflow.runName', 'renamed by a batch')] }),
  batch({ metrics: many(1001, (i) => point('m', i)) }),
  batch({ metrics: many(1000, (i) => point('thousand', i, i)) }),
  batch({ params: many(101, (i) => pair(`${i}`, '1')) }),
  batch({ tags: many(101, (i) => pair(`${i}`, '1')) }),
  batch({ metrics: many(950, (i) => point('m', i)), params: many(51, (i) => pair(`x${i}`, '1')) }),
  ...KEYS.slice(0, 7).map((key) => batch({ metrics: [point(key, 1)] })),
  ...KEYS.slice(5, 8).map((key) => batch({ params: [pair(key, '1')] })),
  ...KEYS.slice(5, 8).map((key) => batch({ tags: [pair(key, '1')] })),
];

const dataset = { name: 'n', digest: 'd', source_type: 'local', source: 's', schema: 'c', profile: 'p' };
const inputs = (body: JsonObject) => post('runs/log-inputs', { run_id: '<run>', ...body });
const context = { key: 'mlflow.data.context', value: 'train' };

const inputsAndOutputs: readonly Request[] = [
  inputs({ datasets: [{ dataset, tags: [context] }] }),
  inputs({ datasets: [{ dataset: { ...dataset, source: 'other' }, tags: [{ ...context, value: 'test' }] }] }),
  inputs({ datasets: [{ dataset: { name: 'bare', digest: '1', source_type: 'local', source: 's' } }] }),
  inputs({ datasets: [] }),
  inputs({ models: [{ model_id: '<model>' }] }),
  inputs({ models: [{ model_id: '<model>' }] }),
  inputs({ run_id: 'nobody' }),
  inputs({ run_id: 'a b' }),
  inputs({ datasets: [{ dataset: { ...dataset, name: 'n'.repeat(501) } }] }),
  inputs({ datasets: [{ dataset: { ...dataset, digest: 'd'.repeat(37) } }] }),
  inputs({ datasets: [{ dataset, tags: [{ key: 'k'.repeat(256), value: 'v' }] }] }),
  inputs({ datasets: [{ dataset, tags: [{ key: 'k', value: 'v'.repeat(501) }] }] }),
  inputs({ datasets: [{ dataset: { ...dataset, digest: '2' }, tags: [context, context] }] }),
  post('runs/outputs', { run_id: '<run>', models: [{ model_id: '<model>', step: 1 }] }),
  post('runs/outputs', { run_id: '<run>', models: [{ model_id: '<model>', step: 1 }] }),
  post('runs/outputs', { run_id: '<run>', models: [] }),
  post('runs/outputs', { run_id: '<run>' }),
  post('runs/outputs', { run_id: 'nobody', models: [] }),
  post('runs/log-model', { run_id: '<run>', model_json: 'x' }),
  post('runs/log-model', { run_id: '<run>', model_json: '{}' }),
  post('runs/log-model', { run_id: '<run>' }),
  post('runs/log-model', {
    run_id: '<run>',
    model_json: JSON.stringify({ artifact_path: 'a', flavors: {}, utc_time_created: 't', run_id: 'r' }),
  }),
  get('runs/get', { run_id: '<run>' }),
];

const history = (query: Record<string, string>) =>
  get('metrics/get-history', { run_id: '<run>', metric_key: 'm', ...query });
const interval = (query: Record<string, string | readonly string[]>) =>
  get('metrics/get-history-bulk-interval', { run_ids: '<run>', metric_key: 'thousand', ...query });

const histories: readonly Request[] = [
  history({ max_results: '25000' }),
  history({ max_results: '2' }),
  history({ max_results: '1e1' }),
  history({ max_results: '0' }),
  history({ max_results: '-1' }),
  history({ max_results: 'x' }),
  history({}),
  history({ page_token: 'evil', max_results: '5' }),
  history({ page_token: 'eyJvZmZzZXQiOiAyfQ==', max_results: '2' }),
  history({ metric_key: 'none', max_results: '5' }),
  history({ run_id: 'nobody', max_results: '5' }),
  get('metrics/get-history', { run_id: '<run>' }),
  get('metrics/get-history', { metric_key: 'm' }),
  get('metrics/get-history', { run_uuid: '<run>', metric_key: 'm', max_results: '5' }),
  interval({}),
  interval({ max_results: '5' }),
  interval({ max_results: '0' }),
  interval({ max_results: '2501' }),
  interval({ start_step: '10', end_step: '20' }),
  interval({ start_step: '10' }),
  interval({ start_step: '20', end_step: '10' }),
  interval({ metric_key: 'none' }),
  interval({ run_ids: ['<run>', 'nobody'] }),
  interval({ run_ids: many(101, () => '<run>') }),
  get('metrics/get-history-bulk-interval', { metric_key: 'm' }),
  get('metrics/get-history-bulk-interval', { run_ids: '<run>' }),
  get('artifacts/list', { run_id: '<run>' }),
  get('artifacts/list', { run_id: '<run>', path: 'a' }),
  get('artifacts/list', { run_id: '<run>', path: '../a' }),
  get('artifacts/list', { run_id: '<run>', path: '/etc' }),
  get('artifacts/list', { run_id: '<run>', path: 'a#b' }),
  get('artifacts/list', { run_id: 'nobody' }),
  get('artifacts/list'),
];

export const logging: readonly Request[] = [...single, ...batches, ...inputsAndOutputs, ...histories];
