import { get, type JsonObject, post, type Request, withBody } from '../request.ts';

const create = (body: JsonObject) => post('model-versions/create', { name: 'versioned', ...body });
const of = (version: string) => ({ name: 'versioned', version });
const read = (version: string) => get('model-versions/get', of(version));
const tag = (key: string, value: string) => ({ key, value });
const move = (version: string, stage: string, more: JsonObject = {}) =>
  post('model-versions/transition-stage', { ...of(version), stage, ...more });
const PROMPT = [tag('mlflow.prompt.is_prompt', 'true'), tag('mlflow.prompt.text', 'Hello {{name}}')];
const archive = { archive_existing_versions: true };

const SOURCES = [
  ...[
    's3://b/x',
    's3://b/x/',
    's3://b/a//b',
    's3://b/..../x',
    's3://b/a/../b',
    's3://b/a/./b',
    's3://b/%2e%2e/x',
    's3://b',
  ],
  ...['s3://b/a%252f..%252fb', 's3://b/%00', 's3:x', 'S3://b/x', 'gs://b/x?a=..', 'dbfs:/x', 'C:/x', 'wasbs://c@a/x'],
  ...['/tmp/x', 'x/y', '../x', 'file:///tmp/x', 'file://localhost/tmp/x', 'FILE:/tmp/x', 'file:x'],
  ...['mlflow-artifacts:/', 'mlflow-artifacts:x', 'mlflow-artifacts:/0/x/artifacts', 'mlflow-artifacts://h:1/0/x'],
  ...[
    'runs:/nobody/model',
    'runs:/<registered>/model',
    'runs:/<registered>',
    'runs:/',
    'runs://p@x/<registered>/model',
  ],
  ...[
    'models:/',
    'models:/versioned',
    'models:/versioned/',
    'models:/versioned/1/2',
    'models:/nobody/1',
    'models:/m-nobody',
  ],
  ...['models:/versioned/1', 'models:/versioned/99', 'models://profile/versioned/1', 'models:/prompted/1'],
  ...['<registeredUri>', '<registeredUri>/model', '<registeredUri>/../x', 'prompt-template', 'dummy-source'],
];

const OWNERS: readonly JsonObject[] = [{}, { run_id: '<registered>' }, { run_id: 'nobody' }, { model_id: '<owned>' }];

/** Where the source alone says what it belongs to, only one of the two accepts it: see `versionsApart`. */
const NAMES_RUN = /^runs:\/(<|nobody\/)/;
const isApart = (source: string, owner: JsonObject) => NAMES_RUN.test(source) && Object.keys(owner).length === 0;
const pairs = SOURCES.flatMap((source) => OWNERS.map((owner) => [source, owner] as const));
const sources = pairs
  .filter(([source, owner]) => !isApart(source, owner))
  .map(([source, owner]) => create({ source, ...owner }));

/** These come last, for the numbers of versions. */
export const versionsApart: readonly Request[] = [
  ...pairs.filter(([source, owner]) => isApart(source, owner)).map(([source, owner]) => create({ source, ...owner })),
  create({ source: 'models:/<owned>' }),
  ...['ftp://host/x', 'hdfs://host/x', 'abfss://files@account.dfs.core.windows.net/x'].map((source) =>
    create({ source }),
  ),
];

/** Versions, where their files may be, their stages and their tags. */
export const modelVersions: readonly Request[] = [
  post('experiments/create', { name: 'for the registry' }, { registeredHome: 'experiment_id' }),
  post(
    'runs/create',
    { experiment_id: '<registeredHome>' },
    { registered: 'run.info.run_id', registeredUri: 'run.info.artifact_uri' },
  ),
  post(
    'logged-models',
    { experiment_id: '<registeredHome>', name: 'owned', source_run_id: '<registered>' },
    { owned: 'model.info.model_id', ownedUri: 'model.info.artifact_uri' },
  ),
  post('registered-models/create', { name: 'versioned' }),
  post('registered-models/create', { name: 'prompted', tags: PROMPT.slice(0, 1) }),
  post('model-versions/create', { name: 'prompted', source: 'dummy-source', tags: PROMPT }),
  create({ source: 's3://b/x', description: 'words', run_link: 'http://ci/1', tags: [tag('a', '1'), tag('a', '2')] }),
  create({ source: 's3://b/x', run_id: '<registered>', description: '', run_link: '' }),
  create({ source: 's3://b/x', model_id: '<owned>' }),
  create({ source: '<ownedUri>/x', model_id: '<owned>' }),
  create({ source: 'models:/<owned>', model_id: '<owned>' }),
  create({ source: 'models:/<owned>', model_id: 'm-nobody' }),
  create({ source: '<registeredUri>/model', run_id: '<registered>' }),
  create({ source: 'runs:/<registered>/model', run_id: '<registered>' }),
  create({ source: 's3://b/x', version: '77', user_id: 'me' }),
  create({ source: 's3://b/x', tags: [tag('/a', '')] }),
  create({ source: 's3://b/x', tags: [{ key: 'k' }] }),
  create({ source: '' }),
  create({}),
  post('model-versions/create', { name: 'nobody', source: 's3://b/x' }),
  post('model-versions/create', { name: 'a/b', source: 's3://b/x' }),
  ...['dummy-source', 'prompt-template', 'text', '/x', 's3://b/x', '<registeredUri>'].map((source) =>
    post('model-versions/create', { name: 'prompted', source, tags: PROMPT }),
  ),
  ...['true', 'True', 'false', ''].map((value) =>
    post('model-versions/create', {
      name: 'prompted',
      source: 'dummy-source',
      tags: [tag('mlflow.prompt.is_prompt', value)],
    }),
  ),
  ...sources,
  ...['2', '1', ' 1 ', '01', '+1', '-1', '0', '99999', '1.0', 'x', ''].flatMap((version) => [
    read(version),
    get('model-versions/get-download-uri', of(version)),
  ]),
  get('model-versions/get', { name: 'nobody', version: '1' }),
  get('model-versions/get-download-uri', { name: '', version: '1' }),
  ...['new', '', undefined].flatMap((description) => [
    withBody('PATCH', 'model-versions/update', { ...of('1'), ...(description !== undefined && { description }) }),
    read('1'),
  ]),
  withBody('PATCH', 'model-versions/update', { ...of('999'), description: 'x' }),
  ...['staging', 'PRODUCTION', 'Archived', 'None', 'none', 'Nope', '', 'Deleted_Internal', ' Staging '].map((stage) =>
    move('1', stage),
  ),
  move('1', 'Production'),
  move('2', 'Production', archive),
  read('1'),
  move('3', 'Production', archive),
  move('3', 'Production', archive),
  move('1', 'None', archive),
  move('1', 'Archived', archive),
  move('1', 'Nope', archive),
  move('1', 'Staging', { archive_existing_versions: 'true' }),
  move('1', 'Staging', { archive_existing_versions: null }),
  move('99999', 'Staging'),
  post('model-versions/transition-stage', of('1')),
  ...[undefined, [], ['Production'], ['production', 'None'], ['Nope'], ['']].map((stages) =>
    post('registered-models/get-latest-versions', { name: 'versioned', ...(stages && { stages }) }),
  ),
  get('registered-models/get-latest-versions', { name: 'versioned', stages: ['Staging', 'Archived'] }),
  get('registered-models/get-latest-versions', { name: 'nobody', stages: ['Nope'] }),
  ...['a', 'a b', 'a//b', '', 'mlflow.prompt.text'].flatMap((key) => [
    post('model-versions/set-tag', { ...of('2'), key, value: 'v' }),
    withBody('DELETE', 'model-versions/delete-tag', { ...of('2'), key }),
  ]),
  post('model-versions/set-tag', { ...of('2'), key: 'kept' }),
  post('model-versions/set-tag', { ...of('2'), key: 'mlflow.prompt.text', value: 'x'.repeat(100_001) }),
  post('model-versions/set-tag', { name: 'versioned', version: 2, key: 'k', value: 'v' }),
  post('model-versions/set-tag', { ...of('99999'), key: 'k', value: 'v' }),
  withBody('DELETE', 'model-versions/delete-tag', { ...of('99999'), key: 'k' }),
  withBody('DELETE', 'model-versions/delete-tag', { ...of('2'), key: 'never there' }),
  post('registered-models/alias', { name: 'versioned', alias: 'doomed', version: '3' }),
  withBody('DELETE', 'model-versions/delete', of('3')),
  withBody('DELETE', 'model-versions/delete', of('3')),
  withBody('DELETE', 'model-versions/delete', of('99999')),
  read('3'),
  get('registered-models/alias', { name: 'versioned', alias: 'doomed' }),
  move('3', 'Staging'),
  get('registered-models/get', { name: 'versioned' }),
  create({ source: 's3://b/after' }),
  ...[{ path: 'none' }, { path: '../x' }, { path: 'x', version: '99999' }, { path: 'x', name: 'nobody' }, {}].map(
    (query): Request => ({
      verb: 'GET',
      path: '/model-versions/get-artifact',
      query: Object.entries({ name: 'versioned', version: '6', ...query }),
    }),
  ),
  get('registered-models/alias', { name: 'versioned', alias: 'latest' }),
];
