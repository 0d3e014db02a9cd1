import { type JsonObject, post, type Request } from '../request.ts';

/** Runs that differ in everything that a search can tell apart. */
const ground: readonly Request[] = [
  post(
    'experiments/create',
    { name: 'searched', tags: [{ key: 'team', value: 'blue' }] },
    { searched: 'experiment_id' },
  ),
  ...[1, 2, 3, 4].flatMap((i) => [
    post(
      'runs/create',
      { experiment_id: '<searched>', run_name: `run ${i}`, user_id: i % 2 ? 'ada' : 'bob', start_time: i * 1000 },
      { [`s${i}`]: 'run.info.run_id' },
    ),
    post('runs/log-batch', {
      run_id: `<s${i}>`,
      metrics: [
        { key: 'm', value: [0.5, 'NaN', -1, 'Infinity'][i - 1] ?? 0, timestamp: 1, step: 0 },
        { key: 'spacey name', value: i, timestamp: 1, step: 0 },
        ...(i < 3 ? [{ key: 'some', value: i, timestamp: 1, step: 0 }] : []),
      ],
      params: [
        { key: 'p', value: `${i}` },
        { key: 'a.b', value: 'Ab_c%' },
        ...(i > 2 ? [{ key: 'few', value: 'x' }] : []),
      ],
      tags: [{ key: 'a', value: i % 2 ? 'odd' : 'Even' }],
    }),
  ]),
  post('runs/update', { run_id: '<s2>', status: 'FINISHED', end_time: 9000 }),
  post('runs/delete', { run_id: '<s4>' }),
  post('runs/log-inputs', {
    run_id: '<s1>',
    datasets: [
      {
        dataset: { name: 'data', digest: '123', source_type: 'local', source: 's' },
        tags: [{ key: 'mlflow.data.context', value: 'train' }],
      },
    ],
  }),
];

const FILTERS = [
  ...[
    '',
    ' ',
    'metrics.m > 0',
    'metrics.m != 5',
    'metrics.m <= 0.5',
    'metric.m = 0.5',
    'metrics.m > -1e3',
    "metrics.m > '0'",
  ],
  ...[
    'metrics.`spacey name` > 2',
    'metrics."spacey name" > 2',
    'metrics.none != 1',
    'metrics.m LIKE 1',
    'metrics.m IS NULL',
  ],
  ...["params.p = '1'", 'params.p = "1"', "params.p != '1'", 'params.p = 1', "param.p = '1'", "parameter.p = '1'"],
  ...[
    "params.`a.b` = 'Ab_c%'",
    "params.a.b = 'Ab_c%'",
    "params.a.b LIKE 'A%'",
    "params.a.b LIKE 'a%'",
    "params.a.b ILIKE 'a%'",
  ],
  ...[
    "params.a.b LIKE '%\\_%'",
    'params.few IS NULL',
    'params.few IS NOT NULL',
    'params.few is not null',
    "params.p > '1'",
  ],
  ...[
    "params.p = '1' AND tags.a = 'odd'",
    "params.p = '1' and metrics.m > 0",
    "params.p = '1' AND",
    "AND params.p = '1'",
  ],
  ...["tags.a = 'odd'", "tag.a = 'odd'", "tags.a ilike 'ODD'", "tags.a like 'o%'", "tags.`mlflow.runName` = 'run 1'"],
  ...["tags.mlflow.runName = 'run 1'", "tags.a != 'odd'", 'tags.none IS NULL', 'tags.a = 1', "tags.a IN ('odd')"],
  ...[
    "attributes.status = 'FINISHED'",
    "attribute.status = 'finished'",
    "status != 'FINISHED'",
    "status IN ('FINISHED')",
  ],
  ...[
    "run_id = '<s1>'",
    "attributes.run_id IN ('<s1>', '<s2>')",
    "attributes.run_id NOT IN ('<s1>')",
    "run_id IN ('a')",
  ],
  ...[
    "run_name = 'run 1'",
    "attributes.run_name LIKE 'run%'",
    "`run name` = 'run 1'",
    "attributes.`Run name` = 'run 1'",
  ],
  ...[
    "user_id = 'ada'",
    "attr.user_id = 'ada'",
    "run.user_id = 'ada'",
    "artifact_uri LIKE '%'",
    'start_time > 1500',
    'start_time > 1e3',
  ],
  ...["start_time > '1'", 'created > 0', 'Created > 0', 'end_time >= 0', 'end_time = 9000', 'start_time LIKE 1'],
  ...["attribute.experiment_id = '1'", "attribute.lifecycle_stage = 'active'", "attributes.nope = 'x'", "nope = 'x'"],
  ...["dataset.name = 'data'", "datasets.name IN ('data', 'x')", "dataset.digest = '123'", "dataset.digest IN ('123')"],
  ...[
    "dataset.context = 'train'",
    "dataset.name LIKE 'd%'",
    "dataset.nope = 'x'",
    "dataset.name > 'x'",
    "dataset.name = 'DATA'",
  ],
  ...[
    "params.p == '1'",
    "params.p <> '1'",
    'foo',
    'params.p = ',
    'params.p',
    ';',
    "params.p = '1'; params.p = '1'",
    '1 = 1',
  ],
  ...[
    "params.p = '1",
    "params.p = L'1'",
    'params.p = `1`',
    'params.p = x',
    "'1' = params.p",
    "params.'p' = '1'",
    "params.p-x = '1'",
  ],
  ...[
    "params.p BETWEEN '1' AND '2'",
    "params.p = '1' /* c */",
    "params.p = '1' -- c",
    'metrics.m = NaN',
    'metrics.m > 1 2',
  ],
  ...[
    'm.m > 0',
    "params. = '1'",
    ".p = '1'",
    "params.p = ''",
    "params.p = 'it''s'",
    'params.p = "it\'s"',
    "params.p ~ 'x'",
  ],
];

const ORDERS = [
  ...[
    'metrics.m',
    'metrics.m DESC',
    'metrics.m asc',
    'metrics.some',
    'metrics.some DESC',
    'metrics.none',
    'metrics.`spacey name` DESC',
  ],
  ...['params.p', 'params.p DESC', 'params.few', 'params.few DESC', 'tags.a', 'tags.a DESC', 'tags.none'],
  ...[
    'start_time',
    'start_time DESC',
    'attribute.start_time',
    'attributes.start_time desc',
    'end_time',
    'end_time DESC',
    'Created',
  ],
  ...['status', 'run_name DESC', 'user_id', 'experiment_id', 'lifecycle_stage', 'foo', 'm.acc', '`metrics.m`'],
  ...[
    '',
    ' ',
    'a, b',
    'metrics.m FOO',
    'metrics.m  DESC',
    'metrics.m ',
    ' metrics.m',
    'metrics.m NULLS LAST',
    'dataset.name',
    'params.p != 1',
  ],
];

const runs = (body: JsonObject) => post('runs/search', { experiment_ids: ['<searched>'], ...body });

const runSearches: readonly Request[] = [
  ...FILTERS.map((filter) => runs({ filter })),
  ...ORDERS.map((order) => runs({ order_by: [order] })),
  runs({ order_by: ['user_id', 'metrics.m DESC'] }),
  runs({ order_by: ['run_id'], filter: "user_id = 'bob'" }),
  runs({ order_by: ['artifact_uri'], filter: "user_id = 'bob'" }),
  runs({ order_by: ['metrics.m', 'metrics.m'] }),
  ...[0, -1, 1, 3, 50_000, 50_001, '2'].map((max_results) => runs({ max_results })),
  ...['evil', 'eyJvZmZzZXQiOiAwfQ==', 'eyJvZmZzZXQiOiAxfQ==', '', 'e30=', 'eyJvZmZzZXQiOiAieCJ9'].map((page_token) =>
    runs({ page_token }),
  ),
  ...['ACTIVE_ONLY', 'DELETED_ONLY', 'ALL', 'NOPE', 2].map((run_view_type) => runs({ run_view_type })),
  runs({ experiment_ids: [] }),
  runs({ experiment_ids: ['99999'] }),
  runs({ experiment_ids: ['abc'] }),
  post('runs/search', {}),
];

export const runSearch: readonly Request[] = [...ground, ...runSearches];
