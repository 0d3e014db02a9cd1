import { post, type Request, withBody } from '../request.ts';

/** Requests that only one of the two accepts, on purpose. They come last, so that nothing else sees what they leave. */
export const apart: readonly Request[] = [
  post('experiments/create', { name: 'params', artifact_location: 's3://bucket/folder;x' }),
  post('experiments/set-experiment-tag', { experiment_id: '<experiment>', key: 'longer', value: 'v'.repeat(5001) }),
  post('experiments/set-experiment-tag', { experiment_id: '<experiment>', key: 'longest', value: 'v'.repeat(20_001) }),
  post('runs/update', { run_id: '<bare>', status: 'NO_SUCH_STATUS' }),
  withBody('PATCH', 'logged-models/<model>', { model_id: '<model>', status: 'NO_SUCH_STATUS' }),
  post('runs/log-metric', { run_id: '<run>', key: 'a\n', value: 1, timestamp: 1 }),
  post('runs/log-parameter', { run_id: '<run>', key: 'a\n', value: '1' }),
  post('runs/log-batch', { run_id: '<run>', params: [{ key: 'a\n', value: '1' }] }),
  post('runs/log-batch', { run_id: '<run>', tags: [{ key: 'a\n', value: '1' }] }),
  post('runs/log-batch', { run_uuid: '<run>' }),
  post('runs/log-metric', { run_id: '<run>', key: 'far', value: 1, timestamp: 1, step: '9007199254740993' }),
  post('runs/log-metric', { run_id: '<run>', key: 'far', value: 1, timestamp: '9007199254740993' }),
  {
    verb: 'POST',
    path: '/api/2.0/mlflow/runs/log-metric',
    raw: '{"run_id": "<run>", "key": "bare", "value": NaN, "timestamp": 1}',
  },
];
