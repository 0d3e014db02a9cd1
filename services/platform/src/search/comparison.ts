import { InvalidParameterError } from '../errors.ts';
import type { Reader } from './reader.ts';

export const OPERATORS = [
  '=',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'LIKE',
  'ILIKE',
  'IN',
  'NOT IN',
  'IS NULL',
  'IS NOT NULL',
] as const;
export type Operator = (typeof OPERATORS)[number];

/** A `word` is anything unquoted that is no number: never valid, but which error it is depends on what it is compared with. */
export type Value =
  | { readonly type: 'string'; readonly text: string }
  | { readonly type: 'number'; readonly text: string; readonly number: number }
  | { readonly type: 'word'; readonly text: string }
  | { readonly type: 'list'; readonly items: readonly string[] }
  | { readonly type: 'none' };

/** `metrics.acc` has the entity `metrics`; a bare key has none. */
export type Identifier = { readonly entity: string | undefined; readonly key: string };
export type Comparison = Identifier & { readonly operator: Operator; readonly value: Value };

const KEYWORDS = new Set(['AND', 'OR', 'NOT', 'LIKE', 'ILIKE', 'IN', 'IS', 'NULL', 'TRUE', 'FALSE', 'BETWEEN']);

/** Reads one comparison. What entities and keys there are, and what may be compared with what, is for others to check. */
export function readComparison(reader: Reader): Comparison {
  const subject = reader.take();
  const operator = readOperator(reader);
  if (subject.type !== 'name' || KEYWORDS.has(subject.text.toUpperCase())) {
    if (subject.type === 'punctuation' || subject.type === 'operator' || subject.type === 'name')
      throw reader.invalid(subject);
    throw new InvalidParameterError(
      `Invalid comparison clause '${subject.text}'. Expected 'Identifier' found '${subject.text}'.`,
    );
  }
  const comparison = { ...identifier(subject.text), operator, value: readValue(reader, operator) };
  reader.countComparison();
  return comparison;
}

function readOperator(reader: Reader): Operator {
  const token = reader.take();
  if (token.type === 'operator') return token.text as Operator;
  switch (token.type === 'name' ? token.text.toUpperCase() : '') {
    case 'LIKE':
      return 'LIKE';
    case 'ILIKE':
      return 'ILIKE';
    case 'IN':
      return 'IN';
    case 'NOT':
      if (reader.takeKeyword('IN')) return 'NOT IN';
      break;
    case 'IS': {
      const negated = reader.takeKeyword('NOT');
      if (reader.takeKeyword('NULL')) return negated ? 'IS NOT NULL' : 'IS NULL';
      break;
    }
    default:
      // `metrics.abc ~ 1` never gets here: the lexer knows no `~`
      break;
  }
  throw reader.invalid(token);
}

function readValue(reader: Reader, operator: Operator): Value {
  if (operator === 'IS NULL' || operator === 'IS NOT NULL') return { type: 'none' };
  if (operator === 'IN' || operator === 'NOT IN') return readList(reader);
  const token = reader.take();
  if (token.type === 'string') return { type: 'string', text: token.text.slice(1, -1) };
  if (token.type === 'number') return { type: 'number', text: token.text, number: Number(token.text) };
  if (token.type === 'name' && !KEYWORDS.has(token.text.toUpperCase())) return { type: 'word', text: token.text };
  throw reader.invalid(token);
}

/** One comma may trail. */
function readList(reader: Reader): Value {
  const open = reader.take();
  if (open.text !== '(') throw reader.invalid(open);
  const items: string[] = [];
  let afterItem = false;
  for (let token = reader.take(); token.text !== ')'; token = reader.take()) {
    if (token.text === ',' && token.type === 'punctuation') {
      if (!afterItem) throw new InvalidParameterError('While parsing a list in the query, got an ill-formed list.');
      afterItem = false;
    } else if (token.type === 'string' && !afterItem) {
      items.push(token.text.slice(1, -1));
      afterItem = true;
    } else if (token.type === 'number' || token.type === 'name') {
      throw new InvalidParameterError(
        `While parsing a list in the query, expected string value, punctuation, or whitespace, but got different type in list: ${token.text}`,
      );
    } else {
      throw reader.invalid(token);
    }
  }
  if (items.length === 0) {
    throw new InvalidParameterError(
      'While parsing a list in the query, expected a non-empty list of string values, but got empty list',
    );
  }
  return { type: 'list', items };
}

/** Splits at the first dot, then takes one level of quotes off each side, in that order, as MLflow does. */
export function identifier(text: string): Identifier {
  const dot = text.indexOf('.');
  if (dot < 0) return { entity: undefined, key: unquote(text) };
  return { entity: unquote(text.slice(0, dot)), key: unquote(text.slice(dot + 1)) };
}

function unquote(text: string): string {
  const [first = '', last] = [text[0], text.at(-1)];
  return text.length >= 2 && first === last && '\'"`'.includes(first) ? text.slice(1, -1) : text;
}
