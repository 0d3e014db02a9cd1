import { describe, expect, it } from '@jest/globals';
import { type Comparison, OPERATORS, type Value } from '@millrace/platform/search/comparison';
import { parseExpression } from '@millrace/platform/search/expression';
import { parseFilter } from '@millrace/platform/search/filter';
import type { Logic } from '@millrace/platform/search/logic';
import { printFilter } from '@millrace/platform/testing/print-filter';
import fc from 'fast-check';

/** Everything but what would end the quotes around it. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }).map((given) => given.replaceAll(/['`]/g, '"')),
  fc.string({ unit: 'grapheme' }).map((given) => given.replaceAll(/["`]/g, "'")),
);
const word = fc.constantFrom('metrics', 'params', 'tags', 'attributes', 'datasets', 'x', 'né', 'a_b');
const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })).map((given): Value => {
  const written = String(given);
  return { type: 'number', text: written, number: Number(written) };
});
const value = fc.oneof(
  number,
  text.map((given): Value => ({ type: 'string', text: given })),
);
const list = fc.array(text, { minLength: 1, maxLength: 3 }).map((items): Value => ({ type: 'list', items }));

/** Where no entity is named, the first dot ends one: `` `a.b` `` reads as MLflow reads it. */
const named = fc.oneof(
  fc.record({ entity: word, key: text }),
  fc.record({ entity: fc.constant(undefined), key: text.map((given) => given.replaceAll('.', '_')) }),
);

const comparison: fc.Arbitrary<Comparison> = fc
  .tuple(named, fc.constantFrom(...OPERATORS))
  .map(([name, operator]) => ({ ...name, operator }))
  .chain((started) => {
    if (started.operator.startsWith('IS')) return fc.constant({ ...started, value: { type: 'none' } as const });
    const given = started.operator.endsWith('IN') ? list : value;
    return given.map((compared) => ({ ...started, value: compared }));
  });

const { logic } = fc.letrec<{ logic: Logic<Comparison> }>((tie) => ({
  logic: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    comparison.map((leaf): Logic<Comparison> => ({ type: 'leaf', leaf })),
    tie('logic').map((of): Logic<Comparison> => ({ type: 'not', of })),
    fc.record({ type: fc.constantFrom('and', 'or'), of: fc.array(tie('logic'), { minLength: 2, maxLength: 4 }) }),
  ),
}));

describe('the search language', () => {
  it('reads back every expression it can write', () => {
    fc.assert(fc.property(logic, (given) => void expect(parseExpression(printFilter(given))).toEqual(given)));
  });

  it.each([
    ['a = 1 OR b = 2 AND c = 3', 'a or (b and c)'],
    ['a = 1 AND b = 2 OR c = 3', '(a and b) or c'],
    ['NOT a = 1 AND b = 2', 'not a and b'],
    ['NOT (a = 1 AND b = 2)', 'not (a and b)'],
    ['not not a = 1', 'not not a'],
    ['(a = 1 or b = 2) and c = 3', '(a or b) and c'],
    ['((a = 1))', 'a'],
    ["NOT a NOT IN ('x') OR b IS NOT NULL", 'not a or b'],
    ["a IN('x')OR(b = 2)", 'a or b'],
    ['tags.or = "or" and params.`not` = \'(\'', 'or and not'],
  ])('reads %s', (filter, expected) => {
    expect(shape(parseExpression(filter))).toBe(expected);
  });

  it.each(['', 'a = 1', 'a = 1 b = 2', 'AND a = 1 and AND b = 2 AND', "a NOT IN ('x') and b IS NOT NULL"])(
    'reads %j as MLflow does',
    (filter) => {
      const leaves = parseFilter(filter).map((leaf) => ({ type: 'leaf', leaf }));
      expect(parseExpression(filter)).toEqual(leaves.length === 1 ? leaves[0] : { type: 'and', of: leaves });
    },
  );

  it.each([
    ['a = 1 OR', 'Invalid clause(s)'],
    ['OR a = 1', 'Invalid clause(s)'],
    ['a = 1 OR OR b = 2', 'Invalid clause(s)'],
    ['a = 1 b = 2 OR c = 3', 'Invalid clause(s)'],
    ['a = 1 AND OR b = 2', 'Invalid clause(s)'],
    ['(a = 1 AND) OR b = 2', 'Invalid clause(s)'],
    ['()', 'Invalid clause(s)'],
    ['(a = 1', 'Invalid clause(s)'],
    ['a = 1)', 'Invalid clause(s)'],
    ['(a = 1))', 'Invalid clause(s)'],
    ['NOT', 'Invalid clause(s)'],
    ['a NOT = 1', 'Invalid clause(s)'],
    ["a NOT LIKE 'x'", 'Invalid clause(s)'],
    ['a = (1)', 'Invalid clause(s)'],
    ["('a') = 'b'", 'Invalid clause(s)'],
    ["(1 = 'b')", "Expected 'Identifier' found"],
    ['a = 1; b = 2 OR c = 3', 'multiple expression'],
    ['a = 1 OR b = 2;', 'Invalid clause(s)'],
  ])('refuses %s', (filter, message) => {
    expect(() => parseExpression(filter)).toThrow(message);
  });

  it('takes expressions a hundred deep, and five hundred comparisons, and no more', () => {
    expect(() => parseExpression(`${'('.repeat(101)}a = 1${')'.repeat(101)}`)).toThrow('nested deeper than 100');
    expect(() => parseExpression(`${'NOT '.repeat(101)}a = 1`)).toThrow('nested deeper than 100');
    expect(() => parseExpression(Array(501).fill('a = 1').join(' OR '))).toThrow('more than 500 comparisons');
    const deep = `${'('.repeat(50)}${'NOT '.repeat(50)}a = 1${')'.repeat(50)}`;
    expect(() => parseExpression(deep)).not.toThrow();
    expect(() => parseExpression(Array(500).fill('a = 1').join(' OR '))).not.toThrow();
  });

  // each of these has made some regular expression or other run for minutes
  it.each([
    ['ten thousand terms', Array(10_000).fill('a = 1').join(' OR ')],
    ['terms as long as can be', Array(9_000).fill('a = 1').join(' AND ')],
    ['digits', `a = ${'1'.repeat(90_000)}x.`],
    ['decimals', `a = 1.${'1'.repeat(90_000)}x.`],
    ['dots', 'a.'.repeat(49_000)],
    ['quotes', `"'`.repeat(49_000)],
    ['quoted parts', "'a'.".repeat(24_000)],
    ['names', `${'a'.repeat(99_000)}!`],
    ['parentheses', '('.repeat(99_000)],
    ['negations', 'NOT '.repeat(24_000)],
    ['spaces', `${' '.repeat(99_000)}a`],
  ])('refuses %s without delay', (_what, filter) => {
    expect(() => parseExpression(filter)).toThrow(/^Invalid/);
  });
});

function shape(logic: Logic<Comparison>): string {
  switch (logic.type) {
    case 'leaf':
      return logic.leaf.key;
    case 'not':
      return `not ${inner(logic.of)}`;
    case 'and':
    case 'or':
      return logic.of.map(inner).join(` ${logic.type} `);
    default: {
      const never: never = logic;
      return never;
    }
  }
}

const inner = (logic: Logic<Comparison>) =>
  logic.type === 'and' || logic.type === 'or' ? `(${shape(logic)})` : shape(logic);
