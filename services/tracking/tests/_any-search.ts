import type { Comparison, Operator, Value } from '@millrace/platform/search/comparison';
import type { Logic } from '@millrace/platform/search/logic';
import fc from 'fast-check';
import type { SeenRun } from './_seen-runs.ts';

/** Longer than what an index holds of a value, and alike for longer than an index looks at. */
const LONG = 'x'.repeat(510);
const TEXTS = [
  '',
  'a',
  'A',
  'ab',
  'a_b',
  'a%',
  "it's",
  'é',
  'É',
  '\u{1f600}',
  'a\\b',
  '10',
  '9',
  LONG,
  `${LONG}a`,
  `${LONG}b`,
  `a${LONG}`,
];
const PATTERNS = [...TEXTS, '%', 'a%', '%b', '_', 'a_', '%x%', 'É%', 'x%a', `${LONG}%`];
const NUMBERS = [0, -1, 1, 0.5, 1e-9, 1e300, -Number.MAX_VALUE, Number.MAX_VALUE];
const KEYS = ['a', 'b', 'a b.c'];
const TIMES = [0, 1, 2, 1_700_000_000_000];
const STATUSES = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'];

const key = fc.constantFrom(...KEYS);
const anyText = fc.constantFrom(...TEXTS);
const id = fc.integer({ min: 0, max: 2 ** 32 - 1 });

/** Few values, so that many are equal. */
export const anyRun: fc.Arbitrary<SeenRun> = fc.record({
  id: id.map((given) => given.toString(16).padStart(32, '0')),
  experiment: fc.constantFrom(0, 1, 2),
  name: anyText,
  user: fc.constantFrom('ada', 'Bob', ''),
  status: fc.constantFrom(...STATUSES),
  startMs: fc.constantFrom(...TIMES),
  endMs: fc.constantFrom(null, ...TIMES),
  deleted: fc.boolean(),
  metrics: fc.dictionary(key, fc.constantFrom(...NUMBERS, Number.NaN)),
  params: fc.dictionary(key, anyText),
  tags: fc.dictionary(key, anyText),
  datasets: fc.uniqueArray(
    fc.record({
      name: fc.constantFrom('iris', 'mnist'),
      digest: fc.constantFrom('1', '2'),
      context: fc.constantFrom(null, 'train', 'test'),
    }),
    { maxLength: 2, selector: ({ name, digest }) => name + digest },
  ),
});

const TEXT_OPERATORS: Operator[] = ['=', '!=', 'LIKE', 'ILIKE'];
const NUMBER_OPERATORS: Operator[] = ['=', '!=', '<', '<=', '>', '>='];

const number = (values: readonly number[]) =>
  fc.constantFrom(...values).map((given): Value => ({ type: 'number', text: String(given), number: given }));
const string = (values: readonly string[]) =>
  fc.constantFrom(...values).map((given): Value => ({ type: 'string', text: given }));
const list = (values: readonly string[]) =>
  fc.array(fc.constantFrom(...values), { minLength: 1, maxLength: 3 }).map((items): Value => ({ type: 'list', items }));
const none = fc.constant<Value>({ type: 'none' });

const compare = (entity: string, keys: readonly string[], operators: readonly Operator[], value: fc.Arbitrary<Value>) =>
  fc.record<Comparison>({
    entity: fc.constant(entity),
    key: fc.constantFrom(...keys),
    operator: fc.constantFrom(...operators),
    value,
  });

function anyComparison(ids: readonly string[]): fc.Arbitrary<Comparison> {
  const some = [...ids.slice(0, 5), 'nobody'];
  return fc.oneof(
    { weight: 3, arbitrary: compare('metrics', [...KEYS, 'never logged'], NUMBER_OPERATORS, number(NUMBERS)) },
    { weight: 3, arbitrary: compare('params', KEYS, TEXT_OPERATORS, string(PATTERNS)) },
    { weight: 3, arbitrary: compare('tags', KEYS, TEXT_OPERATORS, string(PATTERNS)) },
    compare('params', KEYS, ['IS NULL', 'IS NOT NULL'], none),
    compare('tags', KEYS, ['IS NULL', 'IS NOT NULL'], none),
    compare('attributes', ['start_time', 'end_time'], NUMBER_OPERATORS, number([...TIMES, 0.5, -7, 1e300])),
    compare('attributes', ['status'], TEXT_OPERATORS, string([...STATUSES, 'F%'])),
    compare('attributes', ['user_id'], TEXT_OPERATORS, string(['ada', 'bob', '%b%'])),
    compare('attributes', ['run_name'], TEXT_OPERATORS, string(PATTERNS)),
    compare('attributes', ['artifact_uri'], ['LIKE'], string(['%1', 'file:%'])),
    compare('attributes', ['run_id'], ['=', '!='], string(some)),
    compare('attributes', ['run_id'], ['IN', 'NOT IN'], list(some)),
    compare('datasets', ['name', 'digest'], TEXT_OPERATORS, string(['iris', 'IRIS', '1', '%i%'])),
    compare('datasets', ['context'], ['=', '!='], string(['train'])),
    compare('datasets', ['name'], ['IN', 'NOT IN'], list(['iris', 'mnist'])),
  );
}

export function anyFilter(ids: readonly string[]): fc.Arbitrary<Logic<Comparison>> {
  const leaf = anyComparison(ids).map((found): Logic<Comparison> => ({ type: 'leaf', leaf: found }));
  const { logic } = fc.letrec<{ logic: Logic<Comparison> }>((tie) => ({
    logic: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      { weight: 2, arbitrary: leaf },
      { weight: 1, arbitrary: tie('logic').map((of): Logic<Comparison> => ({ type: 'not', of })) },
      {
        weight: 3,
        arbitrary: fc.record({
          type: fc.constantFrom('and', 'and', 'or'),
          of: fc.array(tie('logic'), { minLength: 2, maxLength: 3 }),
        }),
      },
    ),
  }));
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant<Logic<Comparison>>({ type: 'and', of: [] }) },
    { weight: 6, arbitrary: logic },
  );
}

export const anyOrder: fc.Arbitrary<string[]> = fc.array(
  fc
    .record({
      key: fc.oneof(
        fc.constantFrom('metrics', 'params', 'tags').chain((on) => key.map((named) => `${on}.\`${named}\``)),
        fc.constantFrom('start_time', 'end_time', 'status', 'run_name', 'user_id', 'run_id', 'metrics.`never logged`'),
      ),
      direction: fc.constantFrom('ASC', 'DESC'),
    })
    .map((given) => `${given.key} ${given.direction}`),
  { maxLength: 3 },
);
