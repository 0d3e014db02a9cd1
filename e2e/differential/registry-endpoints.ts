import { type Endpoint, type Field, field, NEW } from './endpoint.ts';
import { post, type Request } from './request.ts';

const [text, key, id, integer, choice, list] = (['text', 'key', 'id', 'integer', 'choice', 'list'] as const).map(
  field,
) as [F, F, F, F, F, F];
const [version, alias, stage, flag, source] = (['version', 'alias', 'stage', 'flag', 'source'] as const).map(field) as [
  F,
  F,
  F,
  F,
  F,
];
type F = (valid: Field['valid']) => Field;

const pairs = list([{ key: 'key', value: 'value' }]);
const name = id('changing');
const number = version('1');
const to = (verb: string) => (path: string, fields: Endpoint['fields']) => ({ verb, path, fields });
const [get, add, patch, remove] = ['GET', 'POST', 'PATCH', 'DELETE'].map(to) as [Make, Make, Make, Make];
type Make = ReturnType<typeof to>;

const paging = { max_results: integer('5'), page_token: text('') };
const events = list([{ entity: 'REGISTERED_MODEL', action: 'CREATED' }]);

/** Every endpoint of the registry that both servers have, with a request that both accept. */
export const REGISTRY_ENDPOINTS: readonly Endpoint[] = [
  get('webhooks', paging),
  add('registered-models/create', { name: text(NEW), tags: pairs, description: text('words') }),
  get('registered-models/get', { name }),
  patch('registered-models/update', { name, description: text('words') }),
  add('registered-models/rename', { name: id('renaming'), new_name: text('renaming') }),
  remove('registered-models/delete', { name: id('deleting') }),
  get('registered-models/search', { filter: text("name = 'changing'"), order_by: text('name'), ...paging }),
  add('registered-models/get-latest-versions', { name, stages: list(['Production']) }),
  get('registered-models/get-latest-versions', { name, stages: stage('Production') }),
  add('registered-models/set-tag', { name, key: key('key'), value: text('value') }),
  remove('registered-models/delete-tag', { name, key: key('key') }),
  add('registered-models/alias', { name, alias: alias('best'), version: number }),
  get('registered-models/alias', { name, alias: alias('best') }),
  remove('registered-models/alias', { name, alias: alias('never-there') }),
  add('model-versions/create', {
    name,
    source: source('s3://bucket/model'),
    run_id: id('<owner>'),
    tags: pairs,
    run_link: text('http://ci'),
    description: text('words'),
  }),
  get('model-versions/get', { name, version: number }),
  patch('model-versions/update', { name, version: number, description: text('words') }),
  add('model-versions/transition-stage', {
    name,
    version: number,
    stage: stage('Production'),
    archive_existing_versions: flag(true),
  }),
  remove('model-versions/delete', { name, version: version('99999') }),
  get('model-versions/search', { filter: text("name = 'renaming'"), order_by: text('name'), ...paging }),
  get('model-versions/get-download-uri', { name, version: number }),
  add('model-versions/set-tag', { name, version: number, key: key('key'), value: text('value') }),
  remove('model-versions/delete-tag', { name, version: number, key: key('key') }),
  add('webhooks', {
    name: text('hook'),
    url: text('http://127.0.0.1:9/hook'),
    events,
    description: text('words'),
    secret: text('secret'),
    status: choice('ACTIVE'),
  }),
  patch('webhooks/<hook>', {
    name: text('hook'),
    url: text('http://127.0.0.1:9/hook'),
    events,
    description: text('words'),
    secret: text('secret'),
    status: choice('DISABLED'),
  }),
];

/** What those requests name: nothing else looks at it. */
export const REGISTRY_GROUND: readonly Request[] = [
  ...['changing', 'renaming', 'deleting'].map((model) => post('registered-models/create', { name: model })),
  ...['changing', 'renaming'].map((model) => post('model-versions/create', { name: model, source: 's3://bucket/x' })),
  post('registered-models/alias', { name: 'changing', alias: 'best', version: '1' }),
  post('runs/create', { experiment_id: '<registeredHome>' }, { owner: 'run.info.run_id' }),
];
