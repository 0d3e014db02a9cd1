import { get, type JsonObject, post, type Request, withBody } from '../request.ts';

const create = (body: JsonObject) => post('registered-models/create', body);
const read = (name: string) => get('registered-models/get', { name });
const tag = (key: string, value: string) => ({ key, value });
const IS_PROMPT = 'mlflow.prompt.is_prompt';

const NAMES = [
  ...['a/b', 'a:b', '.', '..', '..x', '...', '', ' ', '  x ', 'é', 'a%2Fb', 'q?x#y', "it's", 'x'.repeat(256)],
  ...['line\nbreak', 'tab\tname', '🙂', 'a\\b', '.hidden', 'a.', '0', 'null'],
];

const KEYS = [
  'a b',
  'a/b',
  'a//b',
  '/a',
  'a/',
  '..',
  '.',
  'a..b',
  'a:b',
  'ä',
  'a!',
  '',
  'x'.repeat(250),
  'x'.repeat(251),
];
const ALIASES = [
  ...['best', 'Best', 'b-1_x', 'a b', 'a.b', '', 'é', 'latest', 'LATEST', 'v1', 'V22', 'v', 'v1x', '1', '-'],
  ...['x'.repeat(255), 'x'.repeat(256)],
];

/** Models, their tags and aliases. Versions of `first` are made here too, for aliases to name. */
export const registeredModels: readonly Request[] = [
  create({ name: 'first', description: 'words', tags: [tag('a', '1'), tag('b', ''), tag('a', '2')] }),
  create({ name: 'first' }),
  create({ name: 'bare' }),
  create({ name: 'tag without value', tags: [{ key: 'k' }] }),
  create({ name: 'no description', description: '' }),
  create({ name: 'bad tag', tags: [tag('/a', '')] }),
  create({ name: 'long tag', tags: [tag('a', 'x'.repeat(100_001))] }),
  ...NAMES.flatMap((name) => [create({ name }), read(name)]),
  create({ name: 'prompt', tags: [tag(IS_PROMPT, 'true')] }),
  create({ name: 'prompt', tags: [tag(IS_PROMPT, 'true')] }),
  create({ name: 'prompt' }),
  create({ name: 'first', tags: [tag(IS_PROMPT, 'true')] }),
  create({ name: 'shouted prompt', tags: [tag(IS_PROMPT, 'True')] }),
  create({ name: 'denied prompt', tags: [tag(IS_PROMPT, 'false')] }),
  create({ name: 'denied prompt', tags: [tag(IS_PROMPT, 'false')] }),
  create({ name: 'shouted prompt' }),
  read('first'),
  read('nobody'),
  get('registered-models/get'),
  ...['new', '', undefined].flatMap((description) => [
    withBody('PATCH', 'registered-models/update', { name: 'first', ...(description !== undefined && { description }) }),
    read('first'),
  ]),
  withBody('PATCH', 'registered-models/update', { name: 'nobody', description: 'x' }),
  ...KEYS.flatMap((key) => [
    post('registered-models/set-tag', { name: 'bare', key, value: 'v' }),
    withBody('DELETE', 'registered-models/delete-tag', { name: 'bare', key }),
  ]),
  post('registered-models/set-tag', { name: 'bare', key: 'no value' }),
  post('registered-models/set-tag', { name: 'bare', key: 'null value', value: null }),
  post('registered-models/set-tag', { name: 'bare', key: 'long', value: 'x'.repeat(100_001) }),
  post('registered-models/set-tag', { name: 'nobody', key: 'k', value: 'v' }),
  withBody('DELETE', 'registered-models/delete-tag', { name: 'bare', key: 'never there' }),
  withBody('DELETE', 'registered-models/delete-tag', { name: 'nobody', key: 'k' }),
  read('bare'),
  post('model-versions/create', { name: 'first', source: 's3://bucket/1' }),
  post('model-versions/create', { name: 'first', source: 's3://bucket/2' }),
  ...ALIASES.flatMap((alias) => [
    post('registered-models/alias', { name: 'first', alias, version: '1' }),
    get('registered-models/alias', { name: 'first', alias }),
    withBody('DELETE', 'registered-models/alias', { name: 'first', alias: alias === 'best' ? 'Best' : alias }),
  ]),
  ...['2', '1', '99', 'x', ' 2 ', '02', '-1', '1.0', ''].map((version) =>
    post('registered-models/alias', { name: 'first', alias: 'moving', version }),
  ),
  post('registered-models/alias', { name: 'nobody', alias: 'a', version: '1' }),
  get('registered-models/alias', { name: 'nobody', alias: 'a' }),
  get('registered-models/alias', { name: 'bare', alias: 'latest' }),
  get('registered-models/alias', { name: 'bare', alias: 'a' }),
  withBody('DELETE', 'registered-models/alias', { name: 'nobody', alias: 'a' }),
  withBody('DELETE', 'registered-models/alias', { name: 'first', alias: 'never there' }),
  read('first'),
  get('model-versions/get', { name: 'first', version: '1' }),
  create({ name: 'to rename', tags: [tag('kept', 'v')] }),
  post('model-versions/create', { name: 'to rename', source: 's3://bucket/1', tags: [tag('kept', 'v')] }),
  post('registered-models/alias', { name: 'to rename', alias: 'kept', version: '1' }),
  post('registered-models/rename', { name: 'to rename', new_name: 'first' }),
  post('registered-models/rename', { name: 'to rename', new_name: 'a/b' }),
  post('registered-models/rename', { name: 'to rename' }),
  post('registered-models/rename', { name: 'nobody', new_name: 'somebody' }),
  post('registered-models/rename', { name: 'nobody', new_name: 'first' }),
  post('registered-models/rename', { name: 'to rename', new_name: 'to rename' }),
  post('registered-models/rename', { name: 'to rename', new_name: 'renamed' }),
  read('to rename'),
  read('renamed'),
  get('model-versions/get', { name: 'renamed', version: '1' }),
  get('registered-models/alias', { name: 'renamed', alias: 'kept' }),
  withBody('DELETE', 'registered-models/delete', { name: 'renamed' }),
  withBody('DELETE', 'registered-models/delete', { name: 'renamed' }),
  create({ name: 'renamed' }),
  post('model-versions/create', { name: 'renamed', source: 's3://bucket/1' }),
  withBody('DELETE', 'registered-models/delete', {}),
];
