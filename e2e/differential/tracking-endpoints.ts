import { type Endpoint, type Field, field, NEW } from './endpoint.ts';
import { type Json, post as postTo, type Request } from './request.ts';

const [text, key, id, integer, double, choice, list] = (
  ['text', 'key', 'id', 'integer', 'double', 'choice', 'list'] as const
).map(field) as [F, F, F, F, F, F, F];
type F = (valid: Json) => Field;

const pairs = list([{ key: 'key', value: 'value' }]);
const run_id = id('<mutable>');
const experiment_id = id('<mutableHome>');
const model_id = id('<mutableModel>');
const post = (path: string, fields: Endpoint['fields']): Endpoint => ({ verb: 'POST', path, fields });
const get = (path: string, fields: Endpoint['fields']): Endpoint => ({ verb: 'GET', path, fields });

/** Every endpoint of tracking that both servers have, with a request that both accept. */
export const TRACKING_ENDPOINTS: readonly Endpoint[] = [
  post('experiments/create', { name: text(NEW), artifact_location: text('s3://bucket/x'), tags: pairs }),
  get('experiments/get', { experiment_id }),
  get('experiments/get-by-name', { experiment_name: text('mutable') }),
  post('experiments/update', { experiment_id: id('<renamed>'), new_name: text(NEW) }),
  post('experiments/delete', { experiment_id: id('<deletable>') }),
  post('experiments/restore', { experiment_id: id('<deletable>') }),
  post('experiments/set-experiment-tag', { experiment_id, key: key('key'), value: text('value') }),
  post('experiments/delete-experiment-tag', { experiment_id, key: key('key') }),
  post('experiments/search', {
    max_results: integer(5),
    page_token: text(''),
    filter: text("name = 'mutable'"),
    order_by: list(['name']),
    view_type: choice('ALL'),
  }),
  post('runs/create', {
    experiment_id,
    user_id: text('me'),
    run_name: text('name'),
    start_time: integer(5),
    tags: pairs,
  }),
  get('runs/get', { run_id }),
  post('runs/update', { run_id, status: choice('FINISHED'), end_time: integer(9), run_name: text('mutable') }),
  post('runs/delete', { run_id: id('<deletableRun>') }),
  post('runs/restore', { run_id: id('<deletableRun>') }),
  post('runs/set-tag', { run_id, key: key('key'), value: text('value') }),
  post('runs/delete-tag', { run_id, key: key('key') }),
  post('runs/log-parameter', { run_id, key: key(NEW), value: text('value') }),
  post('runs/log-metric', {
    run_id,
    key: key('metric'),
    value: double(1),
    timestamp: integer(1),
    step: integer(2),
    dataset_name: text('data'),
    dataset_digest: text('1'),
  }),
  post('runs/log-batch', {
    run_id,
    metrics: list([{ key: 'metric', value: 1, timestamp: 1, step: 2 }]),
    params: list([{ key: NEW, value: 'value' }]),
    tags: pairs,
  }),
  post('runs/log-model', {
    run_id,
    model_json: text('{"artifact_path": "a", "flavors": {}, "utc_time_created": "t", "run_id": "r"}'),
  }),
  post('runs/log-inputs', {
    run_id,
    datasets: list([{ dataset: { name: 'data', digest: '1', source_type: 'local', source: 's' }, tags: [] }]),
    models: list([{ model_id: '<mutableModel>' }]),
  }),
  post('runs/outputs', { run_id, models: list([]) }),
  post('runs/search', {
    experiment_ids: list(['<searched>']),
    filter: text("params.p = '1'"),
    run_view_type: choice('ALL'),
    max_results: integer(5),
    order_by: list(['metrics.m DESC']),
    page_token: text(''),
  }),
  get('metrics/get-history', {
    run_id: id('<readable>'),
    metric_key: key('metric'),
    max_results: integer('5'),
    page_token: text(''),
  }),
  get('metrics/get-history-bulk-interval', {
    run_ids: list('<readable>'),
    metric_key: key('metric'),
    start_step: integer('0'),
    end_step: integer('9'),
    max_results: integer('9'),
  }),
  get('artifacts/list', { run_id: id('<readable>'), path: text('folder') }),
  post('logged-models', {
    experiment_id,
    name: text('name'),
    model_type: text('type'),
    source_run_id: id('<mutable>'),
    params: pairs,
    tags: pairs,
  }),
  { verb: 'PATCH', path: 'logged-models/<mutableModel>', fields: { model_id, status: choice('LOGGED_MODEL_READY') } },
  { verb: 'PATCH', path: 'logged-models/<mutableModel>/tags', fields: { tags: pairs } },
  post('logged-models/<mutableModel>/params', { model_id, params: list([{ key: NEW, value: 'value' }]) }),
  post('logged-models/search', {
    experiment_ids: list(['<mutableHome>']),
    filter: text("name = 'nothing'"),
    datasets: list([{ dataset_name: 'data' }]),
    max_results: integer(5),
    order_by: list([{ field_name: 'name' }]),
    page_token: text(''),
  }),
  get('logged-models/<readableModel>', { allow_deleted: choice('true') }),
];

/** What those requests name: nothing else looks at it. */
export const TRACKING_GROUND: readonly Request[] = [
  postTo('experiments/create', { name: 'mutable' }, { mutableHome: 'experiment_id' }),
  postTo('experiments/create', { name: 'to be renamed' }, { renamed: 'experiment_id' }),
  postTo('experiments/create', { name: 'to be deleted' }, { deletable: 'experiment_id' }),
  postTo('runs/create', { experiment_id: '<mutableHome>', run_name: 'mutable' }, { mutable: 'run.info.run_id' }),
  postTo('runs/create', { experiment_id: '<mutableHome>' }, { deletableRun: 'run.info.run_id' }),
  postTo('runs/create', { experiment_id: '<mutableHome>' }, { readable: 'run.info.run_id' }),
  postTo('runs/log-batch', {
    run_id: '<readable>',
    metrics: [1, 2, 3].map((step) => ({ key: 'metric', value: step / 2, timestamp: step, step })),
  }),
  postTo(
    'logged-models',
    { experiment_id: '<mutableHome>', name: 'readable' },
    { readableModel: 'model.info.model_id' },
  ),
  postTo('logged-models', { experiment_id: '<mutableHome>', name: 'mutable' }, { mutableModel: 'model.info.model_id' }),
];
