import { get, type JsonObject, post, type Request } from '../request.ts';

const create = (body: JsonObject, keep: Request['keep'] = {}) =>
  post('runs/create', { experiment_id: '<experiment>', ...body }, keep);
const kept = (name: string) => ({ [name]: 'run.info.run_id' });

const creation: readonly Request[] = [
  create({ start_time: 5, run_name: 'first', user_id: 'me', tags: [{ key: 'a', value: 'b' }] }, kept('run')),
  create({}, kept('bare')),
  create({ start_time: '12', tags: [{ key: 'mlflow.runName', value: 'named by a tag' }] }),
  create({ start_time: '12.0' }),
  create({ run_name: 'x', tags: [{ key: 'mlflow.runName', value: 'x' }] }),
  create({ run_name: 'x', tags: [{ key: 'mlflow.runName', value: 'y' }] }),
  create({ run_name: '', user_id: '' }),
  create({
    tags: [
      { key: 'a', value: '1' },
      { key: 'a', value: '2' },
    ],
  }),
  create({ tags: [{ key: 'empty', value: '' }] }),
  create({ experiment_id: '' }),
  create({ experiment_id: 'abc' }),
  create({ experiment_id: '99999' }),
  create({ experiment_id: '<elsewhere>', run_name: 'elsewhere' }, kept('runElsewhere')),
  post('runs/create', {}),
  get('runs/get', { run_id: '<run>' }),
  get('runs/get', { run_uuid: '<run>' }),
  get('runs/get', { run_id: '<runElsewhere>' }),
  get('runs/get'),
  get('runs/get', { run_id: 'nobody' }),
  get('runs/get', { run_id: '0'.repeat(32) }),
];

const update = (body: JsonObject) => post('runs/update', { run_id: '<bare>', ...body });

const changes: readonly Request[] = [
  update({ status: 'FINISHED', end_time: 9 }),
  update({ status: 'FINISHED', end_time: 9 }),
  update({ run_name: 'renamed' }),
  update({ run_name: '' }),
  update({ status: 'RUNNING' }),
  update({ status: 3 }),
  update({ status: '3' }),
  update({ status: 99 }),
  update({ end_time: 0 }),
  update({ end_time: -5 }),
  update({}),
  post('runs/update', {}),
  post('runs/update', { run_uuid: '<bare>', status: 'KILLED' }),
  post('runs/update', { run_id: 'nobody', status: 'KILLED' }),
  get('runs/get', { run_id: '<bare>' }),
];

const setTag = (body: JsonObject) => post('runs/set-tag', { run_id: '<run>', key: 't', value: 'v', ...body });

const tags: readonly Request[] = [
  setTag({}),
  setTag({ value: 'w' }),
  setTag({ value: null }),
  setTag({ key: 'mlflow.runName', value: 'renamed by a tag' }),
  setTag({ key: 'mlflow.runName', value: '' }),
  setTag({ key: '..' }),
  setTag({ key: 'x'.repeat(250) }),
  setTag({ key: 'x'.repeat(251) }),
  setTag({ key: 'long', value: 'y'.repeat(8000) }),
  setTag({ key: 'longer', value: 'y'.repeat(8001) }),
  setTag({ run_id: 'nobody' }),
  post('runs/set-tag', { run_uuid: '<run>', key: 'by uuid', value: 'v' }),
  post('runs/delete-tag', { run_id: '<run>', key: 't' }),
  post('runs/delete-tag', { run_id: '<run>', key: 't' }),
  post('runs/delete-tag', { run_id: '<run>' }),
  post('runs/delete-tag', { run_id: 'nobody', key: 't' }),
  post('runs/delete-tag', { run_id: '<run>', key: 'mlflow.runName' }),
  get('runs/get', { run_id: '<run>' }),
];

const byId = (path: string, run_id: string) => post(`runs/${path}`, { run_id });

/** What may and may not be done with a deleted run. */
const lifecycle: readonly Request[] = [
  create({ run_name: 'mortal' }, kept('deleted')),
  post('runs/log-metric', { run_id: '<deleted>', key: 'm', value: 1, timestamp: 1 }),
  byId('delete', '<deleted>'),
  byId('delete', '<deleted>'),
  byId('delete', 'nobody'),
  post('runs/delete', {}),
  get('runs/get', { run_id: '<deleted>' }),
  get('metrics/get-history', { run_id: '<deleted>', metric_key: 'm', max_results: '10' }),
  get('artifacts/list', { run_id: '<deleted>' }),
  post('runs/log-metric', { run_id: '<deleted>', key: 'm', value: 1, timestamp: 1 }),
  post('runs/log-parameter', { run_id: '<deleted>', key: 'p', value: '1' }),
  post('runs/log-batch', { run_id: '<deleted>' }),
  post('runs/set-tag', { run_id: '<deleted>', key: 'a', value: 'b' }),
  post('runs/delete-tag', { run_id: '<deleted>', key: 'mlflow.runName' }),
  post('runs/update', { run_id: '<deleted>', status: 'FINISHED' }),
  post('runs/log-inputs', { run_id: '<deleted>', datasets: [] }),
  post('runs/outputs', { run_id: '<deleted>', models: [] }),
  byId('restore', '<deleted>'),
  byId('restore', '<deleted>'),
  byId('restore', 'nobody'),
  post('runs/restore', {}),
  post('runs/log-metric', { run_id: '<deleted>', key: 'm', value: 2, timestamp: 1 }),
];

export const runs: readonly Request[] = [...creation, ...changes, ...tags, ...lifecycle];
