import type { Comparison, Value } from '../src/search/comparison.ts';
import type { Logic } from '../src/search/logic.ts';

/** The text of a filter, with no more parentheses than it needs to be read back as the same. Keys have no backtick in them. */
export function printFilter(logic: Logic<Comparison>): string {
  switch (logic.type) {
    case 'leaf':
      return printComparison(logic.leaf);
    case 'not':
      return `NOT ${printWithin(logic.of, ['leaf', 'not'])}`;
    case 'and':
      return logic.of.map((part) => printWithin(part, ['leaf', 'not'])).join(' AND ');
    case 'or':
      return logic.of.map((part) => printWithin(part, ['leaf', 'not', 'and'])).join(' OR ');
    default: {
      const never: never = logic;
      return never;
    }
  }
}

function printWithin(logic: Logic<Comparison>, bare: readonly Logic<Comparison>['type'][]): string {
  return bare.includes(logic.type) ? printFilter(logic) : `(${printFilter(logic)})`;
}

function printComparison({ entity, key, operator, value }: Comparison): string {
  const name = entity === undefined ? `\`${key}\`` : `${entity}.\`${key}\``;
  return `${name} ${operator} ${printValue(value)}`.trim();
}

function printValue(value: Value): string {
  switch (value.type) {
    case 'string':
      return quoted(value.text);
    case 'list':
      return `(${value.items.map(quoted).join(', ')})`;
    case 'none':
      return '';
    case 'number':
    case 'word':
      return value.text;
    default: {
      const never: never = value;
      return never;
    }
  }
}

/** The language has no escapes, so a text that has both kinds of quotes cannot be written. */
const quoted = (text: string) => (text.includes("'") ? `"${text}"` : `'${text}'`);
