import { get, type JsonObject, post, type Request, withBody } from '../request.ts';

const create = (body: JsonObject, keep: Request['keep'] = {}) =>
  post('logged-models', { experiment_id: '<experiment>', ...body }, keep);
const kept = (name: string) => ({ [name]: 'model.info.model_id' });
const pairs = [
  { key: 'a', value: '1' },
  { key: 'b', value: '2' },
];

/** Made before runs are, for those to point at. */
export const models: readonly Request[] = [
  create({ name: 'first', model_type: 'classifier', params: pairs, tags: pairs }, kept('model')),
  // names of the servers' own choice, where no order shows them
  create({ experiment_id: '<tagged>' }, kept('bareModel')),
  create({ experiment_id: '<tagged>', name: '' }),
  ...['a/b', 'a:b', 'a.b', 'a%b', 'a"b', "a'b", 'a b', 'ü'].map((name) => create({ name })),
  create({ name: 'with a run', source_run_id: 'nobody' }),
  create({ name: 'first' }),
  create({ name: 'twice', params: [pairs[0], pairs[0]] as JsonObject[] }),
  create({ name: 'twice', tags: [pairs[0], pairs[0]] as JsonObject[] }),
  create({ experiment_id: '99999' }),
  create({ experiment_id: 'abc' }),
  post('logged-models', {}),
  get('logged-models/<model>'),
  get('logged-models/<bareModel>'),
  get('logged-models/m-nobody'),
  withBody('PATCH', 'logged-models/<model>', { model_id: '<model>', status: 'LOGGED_MODEL_READY' }),
  withBody('PATCH', 'logged-models/<model>', { model_id: '<model>', status: 3 }),
  withBody('PATCH', 'logged-models/<model>', { model_id: '<model>', status: 'LOGGED_MODEL_READY' }),
  withBody('PATCH', 'logged-models/<model>', { model_id: '<model>' }),
  withBody('PATCH', 'logged-models/<model>', { status: 'LOGGED_MODEL_READY' }),
  withBody('PATCH', 'logged-models/m-nobody', { model_id: 'm-nobody', status: 'LOGGED_MODEL_READY' }),
  withBody('PATCH', 'logged-models/<model>/tags', {
    tags: [
      { key: 'a', value: 'changed' },
      { key: 'c', value: '' },
    ],
  }),
  withBody('PATCH', 'logged-models/<model>/tags', {}),
  withBody('PATCH', 'logged-models/m-nobody/tags', { tags: pairs }),
  withBody('DELETE', 'logged-models/<model>/tags/b', {}),
  withBody('DELETE', 'logged-models/<model>/tags/b', {}),
  withBody('DELETE', 'logged-models/m-nobody/tags/b', {}),
  post('logged-models/<model>/params', { model_id: '<model>', params: [{ key: 'late', value: '1' }] }),
  post('logged-models/<model>/params', { model_id: '<model>', params: [{ key: 'late', value: '1' }] }),
  post('logged-models/<model>/params', { model_id: '<model>', params: [{ key: 'late', value: '2' }] }),
  post('logged-models/m-nobody/params', { model_id: 'm-nobody', params: pairs }),
  get('logged-models/<model>/artifacts/directories'),
  get('logged-models/<model>/artifacts/directories', { artifact_directory_path: '../x' }),
  get('logged-models/m-nobody/artifacts/directories'),
  get('logged-models/<model>'),
  create({ name: 'mortal' }, kept('mortalModel')),
  withBody('DELETE', 'logged-models/<mortalModel>', {}),
  withBody('DELETE', 'logged-models/<mortalModel>', {}),
  withBody('DELETE', 'logged-models/m-nobody', {}),
  get('logged-models/<mortalModel>'),
  get('logged-models/<mortalModel>', { allow_deleted: 'true' }),
  get('logged-models/<mortalModel>', { allow_deleted: 'True' }),
  get('logged-models/<mortalModel>', { allow_deleted: 'maybe' }),
  withBody('PATCH', 'logged-models/<mortalModel>/tags', { tags: pairs }),
];

const search = (body: JsonObject) => post('logged-models/search', { experiment_ids: ['<experiment>'], ...body });
const FILTERS = [
  ...["name = 'first'", "attributes.name = 'first'", "name != 'first'", "name LIKE 'fir%'", "name ILIKE 'FIR%'"],
  ...["name IN ('first', 'x')", "name IN ('first',)", "name NOT IN ('first')", "model_type = 'classifier'"],
  ...["params.a = '1'", "params.a IN ('1', '2')", "tags.a = 'changed'", "tags.a LIKE 'ch%'", 'metrics.m > 0'],
  ...['creation_timestamp > 0', 'creation_time >= 0', "name > 'first'", 'metrics.m LIKE 0', "nope = 'x'"],
  ...["foo.name = 'x'", "name = 'a' OR name = 'b'", 'Foo', 'tags.a IS NULL', "experiment_id != '0'"],
];

export const modelSearch: readonly Request[] = [
  search({}),
  ...FILTERS.map((filter) => search({ filter })),
  search({ max_results: 1 }),
  search({ max_results: 0 }),
  search({ max_results: -1 }),
  search({ page_token: 'evil' }),
  search({ experiment_ids: [] }),
  search({ experiment_ids: ['99999'] }),
  search({ order_by: [{ field_name: 'name' }] }),
  search({ order_by: [{ field_name: 'name', ascending: false }] }),
  search({ order_by: [{ field_name: 'creation_timestamp' }] }),
  search({ order_by: [{ field_name: 'metrics.m' }] }),
  search({ order_by: [{ field_name: 'params.a' }] }),
  search({ order_by: [{ field_name: 'nope' }] }),
  search({ order_by: [{}] }),
  search({ datasets: [{ dataset_name: 'n' }] }),
  search({ datasets: [{}] }),
];
