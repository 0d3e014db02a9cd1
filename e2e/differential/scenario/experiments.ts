import { get, type JsonObject, post, type Request } from '../request.ts';

const create = (body: JsonObject, keep: Request['keep'] = {}) => post('experiments/create', body, keep);
const kept = (name: string) => ({ [name]: 'experiment_id' });

const creation: readonly Request[] = [
  create({ name: 'first' }, kept('experiment')),
  create({ name: 'first' }),
  create(
    {
      name: 'with tags',
      tags: [
        { key: 'a', value: 'b' },
        { key: 'empty', value: '' },
      ],
    },
    kept('tagged'),
  ),
  create({ name: '   ' }),
  create({ name: 'x'.repeat(500) }),
  create({ name: 'x'.repeat(501) }),
  create({ name: '漢字 ü \u{1f600}' }),
  create({ name: 'at', artifact_location: 's3://bucket/folder?x=1' }, kept('elsewhere')),
  create({ name: 'fragment', artifact_location: 's3://bucket/folder#x' }),
  create({ name: 'climbing', artifact_location: 's3://bucket/folder?x=../y' }),
  create({ name: 'of a run', artifact_location: 'runs:/x' }),
  create({ name: 'far', artifact_location: `s3://bucket/${'x'.repeat(2049)}` }),
  create({
    name: 'twice the tag',
    tags: [
      { key: 'a', value: '1' },
      { key: 'a', value: '2' },
    ],
  }),
  create({ name: 'unknown field', nobody_knows: 1 }),
  get('experiments/get', { experiment_id: '0' }),
  get('experiments/get', { experiment_id: '<experiment>' }),
  get('experiments/get', { experiment_id: '<tagged>' }),
  get('experiments/get', { experiment_id: '<elsewhere>' }),
  get('experiments/get'),
  get('experiments/get', { experiment_id: '' }),
  get('experiments/get', { experiment_id: '99999' }),
  get('experiments/get', { experiment_id: 'abc' }),
  get('experiments/get', { experiment_id: '-1' }),
  get('experiments/get', { experiment_id: '9223372036854775808' }),
  get('experiments/get-by-name', { experiment_name: 'first' }),
  get('experiments/get-by-name', { experiment_name: 'FIRST' }),
  get('experiments/get-by-name', { experiment_name: 'nobody' }),
  get('experiments/get-by-name'),
];

const tag = (body: JsonObject) => post('experiments/set-experiment-tag', { experiment_id: '<experiment>', ...body });
const untag = (body: JsonObject) =>
  post('experiments/delete-experiment-tag', { experiment_id: '<experiment>', ...body });

const tags: readonly Request[] = [
  tag({ key: 'k', value: 'v' }),
  tag({ key: 'k', value: 'w\nx' }),
  tag({ key: 'k' }),
  tag({ key: 'a/b c.d-e:f', value: 'v' }),
  ...['a//b', '/a', 'a/', '../a', './a', '.', 'a&b', 'a\nb', 'x'.repeat(251), ''].map((key) =>
    tag({ key, value: 'v' }),
  ),
  tag({ key: 'long', value: 'v'.repeat(5000) }),
  tag({ experiment_id: '99999', key: 'k', value: 'v' }),
  get('experiments/get', { experiment_id: '<experiment>' }),
  untag({ key: 'long' }),
  untag({ key: 'k' }),
  untag({ key: 'k' }),
  untag({ key: 'a/b c.d-e:f' }),
  untag({}),
];

const byId = (path: string, experiment_id: string) => post(`experiments/${path}`, { experiment_id });

const lifecycle: readonly Request[] = [
  post('experiments/update', { experiment_id: '<experiment>', new_name: 'renamed' }),
  post('experiments/update', { experiment_id: '<experiment>', new_name: 'renamed' }),
  post('experiments/update', { experiment_id: '<experiment>', new_name: 'Default' }),
  post('experiments/update', { experiment_id: '<experiment>', new_name: 'x'.repeat(501) }),
  post('experiments/update', { experiment_id: '<experiment>' }),
  post('experiments/update', { experiment_id: '99999', new_name: 'x' }),
  create({ name: 'mortal' }, kept('mortal')),
  post('runs/create', { experiment_id: '<mortal>' }, { mortalRun: 'run.info.run_id' }),
  byId('restore', '<mortal>'),
  byId('delete', '<mortal>'),
  byId('delete', '<mortal>'),
  byId('delete', '99999'),
  create({ name: 'mortal' }),
  get('experiments/get', { experiment_id: '<mortal>' }),
  get('experiments/get-by-name', { experiment_name: 'mortal' }),
  get('runs/get', { run_id: '<mortalRun>' }),
  post('runs/create', { experiment_id: '<mortal>' }),
  post('runs/log-metric', { run_id: '<mortalRun>', key: 'm', value: 1, timestamp: 1 }),
  post('experiments/update', { experiment_id: '<mortal>', new_name: 'x' }),
  post('experiments/set-experiment-tag', { experiment_id: '<mortal>', key: 'a', value: 'b' }),
  post('experiments/delete-experiment-tag', { experiment_id: '<mortal>', key: 'a' }),
  post('logged-models', { experiment_id: '<mortal>', name: 'm' }),
  byId('restore', '<mortal>'),
  byId('restore', '<mortal>'),
  get('runs/get', { run_id: '<mortalRun>' }),
];

export const experiments: readonly Request[] = [...creation, ...tags, ...lifecycle];
