import type { Request } from '../request.ts';

const to = (path: string, rest: Omit<Request, 'path' | 'verb'> & { readonly verb?: string } = {}): Request => ({
  verb: 'POST',
  ...rest,
  path,
});
const json = (type: string) => ({ headers: { 'content-type': type } });
const CREATE = '/api/2.0/mlflow/runs/create';
const SEARCH = '/api/2.0/mlflow/runs/search';
const NEW_RUN = '{"experiment_id": "0"}';

/** What is outside of any endpoint: content types, broken bodies, paths, verbs, headers. */
export const wire: readonly Request[] = [
  to(CREATE, { raw: NEW_RUN, ...json('application/json; charset=utf-8') }),
  to(CREATE, { raw: NEW_RUN, ...json('Application/JSON') }),
  to(CREATE, { raw: NEW_RUN, ...json('text/plain') }),
  to(CREATE, { raw: NEW_RUN, ...json('application/x-www-form-urlencoded') }),
  to(CREATE, { raw: JSON.stringify(NEW_RUN) }),
  to(CREATE, { raw: '{"experiment_id": "0"' }),
  to(CREATE, { raw: '' }),
  to(CREATE, { raw: 'null' }),
  to(CREATE, { raw: '[]' }),
  to(CREATE, { raw: '1' }),
  to(CREATE, { raw: '{"experimentId": "0"}' }),
  to(CREATE, { raw: '{"experiment_id": "0", "experiment_id": "99999"}' }),
  to('/ajax-api/2.0/mlflow/runs/search', { body: { experiment_ids: ['<searched>'] } }),
  to(`/${SEARCH}`, { body: { experiment_ids: ['<searched>'] } }),
  to(`${SEARCH}/`, { body: {} }),
  to('/api/3.0/mlflow/runs/search', { body: {} }),
  to('/api/2.0/preview/mlflow/runs/search', { body: {} }),
  to('/api/2.0/mlflow/nothing', { body: {} }),
  to(SEARCH, { verb: 'PUT', body: {} }),
  to(SEARCH, { verb: 'GET' }),
  to('/api/2.0/mlflow/runs/get?run_id=<run>', { body: {} }),
  to('/api/2.0/mlflow/runs/get', {
    verb: 'GET',
    query: [
      ['run_id', '<run>'],
      ['run_id', 'nobody'],
      ['unknown', '1'],
    ],
  }),
  to('/api/2.0/mlflow/runs/get', { verb: 'GET', query: [['run_id', '<run>']], headers: { 'x-mlflow-workspace': 'x' } }),
  to('/api/2.0/mlflow/runs/get', { verb: 'GET', query: [['run_id', '<run>']], headers: { 'x-mlflow-workspace': ' ' } }),
  to(SEARCH, { body: {}, headers: { origin: 'https://evil.example' } }),
  to(SEARCH, { body: {}, headers: { origin: 'http://localhost:3000' } }),
  to('/health', { verb: 'GET' }),
  to('/api/3.0/mlflow/server-info', { verb: 'GET' }),
  to('/ajax-api/2.0/mlflow/experiments/search-datasets', { body: { experiment_ids: ['<searched>'] } }),
  to('/ajax-api/2.0/mlflow/experiments/search-datasets', { body: {} }),
  to('/ajax-api/2.0/mlflow/experiments/search-datasets', {
    body: { experiment_ids: Array(21).fill('<searched>') as string[] },
  }),
  to('/ajax-api/2.0/mlflow/metrics/get-history-bulk', {
    verb: 'GET',
    query: [
      ['run_id', '<run>'],
      ['metric_key', 'm'],
    ],
  }),
  to('/ajax-api/2.0/mlflow/metrics/get-history-bulk', { verb: 'GET', query: [['metric_key', 'm']] }),
  to('/ajax-api/2.0/mlflow/metrics/get-history-bulk', { verb: 'GET', query: [['run_id', '<run>']] }),
  to('/ajax-api/2.0/mlflow/gateway-proxy', { verb: 'GET', query: [['gateway_path', 'api/2.0/endpoints']] }),
  to('/get-artifact', {
    verb: 'GET',
    query: [
      ['run_id', '<run>'],
      ['path', 'none.txt'],
    ],
  }),
  to('/get-artifact', {
    verb: 'GET',
    query: [
      ['run_id', '<run>'],
      ['path', '../x'],
    ],
  }),
  to('/get-artifact', {
    verb: 'GET',
    query: [
      ['run_id', 'nobody'],
      ['path', 'x'],
    ],
  }),
  to('/get-artifact', { verb: 'GET', query: [['run_id', '<run>']] }),
  ...['presigned-upload-url', 'presigned-download-url'].flatMap((name) =>
    [
      { run_id: '<run>', path: 'a.txt' },
      { run_id: '<run>', path: '../a' },
      { run_id: '<run>' },
      { run_id: 'nobody', path: 'a' },
      {},
    ].map((body) => to(`/api/2.0/mlflow/artifacts/${name}`, { body })),
  ),
  ...[{}, { experiment_id: '0' }, { experiment_id: '0', prompt_template: 'p' }].map((body) =>
    to('/ajax-api/2.0/mlflow/runs/create-promptlab-run', { body }),
  ),
  ...[
    '?path=a',
    '?run_uuid=<run>',
    '?run_uuid=<run>&path=../a',
    '?run_uuid=<run>&path=a',
    '?run_uuid=nobody&path=a',
  ].map((query) => to(`/ajax-api/2.0/mlflow/upload-artifact${query}`, { raw: '' })),
  to('/ajax-api/2.0/mlflow/logged-models/<model>/artifacts/files', { verb: 'GET' }),
  to('/ajax-api/2.0/mlflow/logged-models/<model>/artifacts/files', {
    verb: 'GET',
    query: [['artifact_file_path', 'none']],
  }),
  to('/ajax-api/2.0/mlflow/logged-models/<model>/artifacts/files', {
    verb: 'GET',
    query: [['artifact_file_path', '../x']],
  }),
  to('/ajax-api/2.0/mlflow/logged-models/m-nobody/artifacts/files', {
    verb: 'GET',
    query: [['artifact_file_path', 'x']],
  }),
];
