import { get, type Json, type JsonObject, post, type Request, withBody } from '../request.ts';

/** Nobody listens there. */
const URL = 'http://127.0.0.1:9/hook';
const event = (entity: string, action: string) => ({ entity, action });
const CREATED = event('REGISTERED_MODEL', 'CREATED');
const create = (body: JsonObject, keep: Request['keep'] = {}) =>
  post('webhooks', { name: 'hook', url: URL, events: [CREATED], ...body }, keep);
const path = (id: string) => `webhooks/${id}`;
const change = (body: JsonObject) => withBody('PATCH', path('<hook>'), body);

const NAMES = ['a', 'A-b.c_d', '-a', 'a-', '.a', 'a b', '', ' ', 'é', 'x'.repeat(63), 'x'.repeat(64)];
const URLS = [
  ...[
    '',
    '  ',
    'http://[x',
    'ftp://127.0.0.1/x',
    'HTTP://127.0.0.1:9/x',
    'http:///x',
    '127.0.0.1',
    'http://127.0.0.1:9',
  ],
  ...['https://127.0.0.1:9/x?y=z', 'javascript:alert(1)', 'http://127.0.0.1:9/a b'],
];
const PAIRS: readonly (readonly [string, string])[] = [
  ...['REGISTERED_MODEL', 'MODEL_VERSION', 'MODEL_VERSION_TAG', 'MODEL_VERSION_ALIAS', 'PROMPT', 'PROMPT_VERSION'],
  ...['PROMPT_TAG', 'PROMPT_VERSION_TAG', 'PROMPT_ALIAS', 'BUDGET_POLICY'],
].flatMap((entity) =>
  ['CREATED', 'UPDATED', 'DELETED', 'SET', 'EXCEEDED'].map((action): readonly [string, string] => [entity, action]),
);
const ODD_EVENTS: readonly Json[] = [
  [],
  null,
  'x',
  [CREATED, CREATED],
  [{}],
  [{ entity: 'REGISTERED_MODEL' }],
  [event('registered_model', 'created')],
  [event('NOPE', 'CREATED')],
  [{ entity: 1, action: 1 }],
  [CREATED, event('MODEL_VERSION', 'CREATED')],
  [event('MODEL_VERSION', 'CREATED'), CREATED],
];

/** MLflow's API of webhooks. What they deliver is another matter. */
export const webhooks: readonly Request[] = [
  create({ description: 'words', secret: 'secret' }, { hook: 'webhook.webhook_id' }),
  create({ status: 'DISABLED', description: '' }, { disabled: 'webhook.webhook_id' }),
  ...['', '1', '1000', '1001', '-1', 'x', '0'].map((max_results) => get('webhooks', { max_results })),
  get('webhooks', { page_token: 'evil' }),
  ...NAMES.map((name) => create({ name })),
  ...URLS.map((url) => create({ url })),
  ...PAIRS.map(([entity, action]) => create({ events: [event(entity, action)] })),
  ...ODD_EVENTS.map((events) => create({ events })),
  ...['ACTIVE', 'active', 'NOPE', '', 1, null].map((status) => create({ status })),
  get(path('<hook>')),
  get(path('nobody')),
  get(path('00000000-0000-4000-8000-000000000000')),
  change({ name: 'changed' }),
  change({ name: '' }),
  change({ name: 'a b' }),
  change({ url: 'http://127.0.0.1:9/changed' }),
  change({ url: 'ftp://x' }),
  change({ description: 'changed' }),
  change({ description: '' }),
  change({ status: 'DISABLED' }),
  change({ status: 'ACTIVE' }),
  change({ events: [event('MODEL_VERSION', 'CREATED'), CREATED] }),
  change({ events: [] }),
  change({ events: [event('MODEL_VERSION', 'SET')] }),
  change({ secret: '' }),
  change({}),
  get(path('<hook>')),
  withBody('PATCH', path('nobody'), { name: 'x' }),
  post(`${path('<hook>')}/test`, {}),
  post(`${path('<disabled>')}/test`, { event: CREATED }),
  post(`${path('<hook>')}/test`, { event: event('MODEL_VERSION', 'UPDATED') }),
  post(`${path('nobody')}/test`, {}),
  withBody('DELETE', path('<disabled>'), {}),
  withBody('DELETE', path('<disabled>'), {}),
  get(path('<disabled>')),
  withBody('PATCH', path('<disabled>'), { name: 'x' }),
  withBody('DELETE', path('nobody'), {}),
];
