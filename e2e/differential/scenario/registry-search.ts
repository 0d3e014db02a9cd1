import { get, type JsonObject, post, type Request } from '../request.ts';

const tag = (key: string, value: string) => ({ key, value });
const MARKER = 'mlflow.prompt.is_prompt';
const model = (name: string, tags: readonly JsonObject[] = []) => post('registered-models/create', { name, tags });
const version = (name: string, source: string, more: JsonObject = {}) =>
  post('model-versions/create', { name, source, ...more });

const ground: readonly Request[] = [
  model('search A', [tag('t', 'x'), tag('env.x', 'dev'), tag('a b', 'blank')]),
  model('search b', [tag('t', 'xyz')]),
  model('Search_C'),
  model('search prompt', [tag(MARKER, 'true'), tag('_mlflow_experiment_ids', ',1,7,')]),
  version('search A', 's3://one/x', { run_id: 'run-a', tags: [tag('t', 'x')] }),
  version('search A', 'S3://Two/x', { run_id: 'RUN-B', tags: [tag('t', 'xyz')] }),
  version('search b', 's3://one/%', { run_id: 'run-a' }),
  version('search prompt', 'dummy-source', { tags: [tag(MARKER, 'true'), tag('mlflow.prompt.text', 'x')] }),
];

/** Which both grammars know, or refuse. `name` narrows to what is made here. */
const SHARED = [
  ...[
    "name = 'search A'",
    "name='search A'",
    'name = "search A"',
    "attribute.name = 'search A'",
    "attributes.name = 'x'",
  ],
  ...[
    "name LIKE 'search%'",
    "name like 'SEARCH%'",
    "name ILIKE 'SEARCH%'",
    "name LIKE 'Search_C'",
    "name LIKE 'search'",
  ],
  ...[
    "name != 'search A' and name ilike 'search%'",
    "tags.t = 'x'",
    "tag.t = 'x'",
    "tags.t != 'x'",
    "tags.t LIKE 'x%'",
  ],
  ...[
    "tags.t ILIKE 'X%'",
    "tags.t LIKE 'x%' AND tags.t != 'xyz'",
    "tags.t = 'x' AND tags.t = 'xyz'",
    "tags.none = 'x'",
  ],
  ...[
    "tags.env.x = 'dev'",
    "tags.`env.x` = 'dev'",
    "tags.`a b` = 'blank'",
    'tags."a b" = \'blank\'',
    "tags.a b = 'blank'",
  ],
  ...["name = 'search A' AND tags.t = 'x'", "name = 'search A' and  tags.t = 'x'", "NAME = 'x'", "`name` = 'x'"],
  ...[
    'name = m',
    'name = 123',
    "name > 'a'",
    "tags.t > 'a'",
    'tags.t = 1',
    "name IN ('search A')",
    "name NOT LIKE 'x'",
  ],
  ...[
    "name = 'a' OR name = 'b'",
    "(name = 'a')",
    "name = 'a';",
    "name = 'a'; name = 'b'",
    'name =',
    "= 'a'",
    'name',
    "'a'",
  ],
  ...[
    ' ',
    "name = 'a' AND",
    "AND name = 'a'",
    "name = 'a' name = 'b'",
    "description = 'x'",
    "params.x = 'a'",
    "metrics.x = 'a'",
  ],
  ...[
    "creation_timestamp = '1'",
    'last_updated_timestamp > 0',
    'tags.t IS NULL',
    'tags.t IS NOT NULL',
    "name = ''",
    "name = 'it''s'",
  ],
  ...[
    "tags. = 'x'",
    "tags = 'x'",
    ".name = 'x'",
    "name = 'search A' -- x",
    "name LIKE '%'",
    'name = "it\'s"',
    "a.b.c = 'x'",
  ],
  ...[
    `tags.\`${MARKER}\` = 'true'`,
    `tag.\`${MARKER}\` != 'true'`,
    `tags.\`${MARKER}\` = 'false'`,
    `tags.\`${MARKER}\` != 'false'`,
  ],
  ...[`tags.\`${MARKER}\` = 'TRUE'`, `tags.\`${MARKER}\` LIKE 't%'`, `tags.${MARKER} = 'true'`],
  ...[
    `tags.\`${MARKER}\` = 'true' AND tags._mlflow_experiment_ids LIKE '%,7,%'`,
    `name = 'search prompt' AND tag.\`${MARKER}\` = 'true'`,
  ],
];
const OF_VERSIONS = [
  ...[
    "run_id = 'run-a'",
    "run_id = 'RUN-B'",
    "run_id != 'run-a' AND name = 'search A'",
    "run_id IN ('run-a')",
    "run_id IN ('RUN-B')",
  ],
  ...[
    "run_id IN ('run-a', 'RUN-B')",
    'run_id IN (1,2)',
    'run_id IN ()',
    'run_id IN (,)',
    "run_id IN ('run-a'",
    "run_id IN 'run-a'",
  ],
  ...[
    "run_id NOT IN ('run-a')",
    "run_id LIKE 'run%'",
    "source_path = 's3://one/x'",
    "source_path ILIKE 's3://two%'",
    "source = 'x'",
  ],
  ...[
    'version_number = 1',
    'version_number <= 1',
    "version_number = '1'",
    'version_number > 1.5',
    'version_number != 1',
    'version = 1',
  ],
  ...[
    "version_number LIKE '1'",
    'version_number IN (1)',
    'version_number = x',
    'version_number = -1',
    "current_stage = 'None'",
  ],
  ...['attribute.version_number >= 2', "version_number<=3 AND name = 'search A'", 'version_number = 1e0'],
];
const ORDERS = [
  ...[
    'name',
    'name ASC',
    'name DESC',
    'name desc',
    '`name`',
    'Name',
    'timestamp',
    'last_updated_timestamp DESC',
    'creation_timestamp',
  ],
  ...[
    'attribute.name',
    'version_number',
    'version_number DESC',
    'version',
    'run_id',
    'current_stage',
    'tags.t',
    '',
    'name sideways',
  ],
  ...['name ASC x', 'name, version_number', "'name'", 'attribute.version_number ASC'],
];
const TOKENS = ['evil', 'eyJvZmZzZXQiOiAyfQ==', 'eyJvZmZzZXQiOiAwfQ==', 'e30=', 'bm8ganNvbg==', 'eyJvZmZzZXQiOiAieCJ9'];
const SIZES = ['1', '1000', '1001', '200000', '200001', '-1', 'x', '1.5', ''];

const searches = (path: string, filters: readonly string[], order: string): Request[] => [
  ...filters.map((filter) => get(path, { filter, order_by: order })),
  ...ORDERS.map((order_by) => get(path, { filter: "name ILIKE 'search%'", order_by })),
  get(path, { filter: "name ILIKE 'search%'", order_by: ['name DESC', 'name'] }),
  get(path, { filter: "name ILIKE 'search%'", order_by: ['last_updated_timestamp', 'name DESC'], max_results: '1' }),
  ...TOKENS.map((page_token) => get(path, { filter: "name ILIKE 'search%'", order_by: order, page_token })),
  ...SIZES.map((max_results) => get(path, { filter: "name = 'search A'", max_results })),
];

export const registrySearch: readonly Request[] = [
  ...ground,
  ...searches('registered-models/search', [...SHARED, "run_id = 'x'"], 'name'),
  ...searches('model-versions/search', [...SHARED, ...OF_VERSIONS], 'version_number'),
];
