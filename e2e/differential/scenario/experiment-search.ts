import { get, type JsonObject, post, type Request } from '../request.ts';

const experiments = (body: JsonObject) => post('experiments/search', { max_results: 3, ...body });

const EXPERIMENT_FILTERS = [
  ...[
    "name = 'searched'",
    "attribute.name = 'searched'",
    "attributes.name = 'searched'",
    "name LIKE 'search%'",
    "name ILIKE 'SEARCH%'",
  ],
  ...[
    "name like 'search%'",
    "name != 'searched'",
    "name > 'a'",
    "tags.team = 'blue'",
    "tag.team = 'blue'",
    "tags.team != 'blue'",
  ],
  ...[
    'tags.team IS NOT NULL',
    'tags.team is null',
    'creation_time > 0',
    'last_update_time > 0',
    "creation_time > '0'",
    "foo = 'x'",
  ],
  ...[
    "name = 'searched' AND tags.team = 'blue'",
    "name = 'a' OR name = 'b'",
    "experiment_id = '1'",
    'name',
    "name IN ('searched')",
    ' ',
  ],
];

export const experimentSearch: readonly Request[] = [
  experiments({}),
  ...EXPERIMENT_FILTERS.map((filter) => experiments({ filter })),
  ...[
    'name',
    'name DESC',
    'experiment_id',
    'experiment_id DESC',
    'attribute.name',
    'creation_time',
    'last_update_time',
    'tags.team',
    'foo',
    'name foo',
  ].map((order) => experiments({ order_by: [order] })),
  ...[0, -1, '5', 50_000, 50_001].map((max_results) => experiments({ max_results })),
  ...['ACTIVE_ONLY', 'DELETED_ONLY', 'ALL', 'NOPE'].map((view_type) => experiments({ view_type })),
  experiments({ page_token: 'evil' }),
  post('experiments/search', {}),
  get('experiments/search', { max_results: '2' }),
  get('experiments/search', { max_results: '2', filter: "name = 'searched'" }),
  get('experiments/search', { max_results: '2', order_by: ['name', 'experiment_id'] }),
  get('experiments/search', { max_results: '2', view_type: 'ALL' }),
  get('experiments/search', { max_results: '2', view_type: '3' }),
  get('experiments/search'),
];
