import { InvalidParameterError } from '../errors.ts';
import { type Token, tokens } from './lexer.ts';

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

const MAX_LENGTH = 100_000;
const MAX_COMPARISONS = 500;
const KEYWORDS = new Set(['AND', 'OR', 'NOT', 'LIKE', 'ILIKE', 'IN', 'IS', 'NULL', 'TRUE', 'FALSE', 'BETWEEN']);

/**
 * Reads MLflow's filter language: comparisons joined by AND. What entities and keys there are, and what may be compared with
 * what, is for the caller to check. Throws InvalidParameterError.
 */
export function parseFilter(filter: string): Comparison[] {
  if (filter === '') return [];
  if (filter.length > MAX_LENGTH)
    throw new InvalidParameterError(`Invalid filter: longer than ${MAX_LENGTH} characters`);
  if (filter.trim() === '') throw new InvalidParameterError(`Invalid filter '${filter}'. Could not be parsed.`);
  const reader = new Reader(filter, tokens(filter));
  const comparisons: Comparison[] = [];
  while (!reader.atEnd()) {
    if (reader.takeKeyword('AND')) continue;
    comparisons.push(comparison(reader));
    if (comparisons.length > MAX_COMPARISONS) {
      throw new InvalidParameterError(`Invalid filter: more than ${MAX_COMPARISONS} comparisons`);
    }
  }
  return comparisons;
}

function comparison(reader: Reader): Comparison {
  const subject = reader.take();
  const operator = readOperator(reader);
  if (subject.type !== 'name' || KEYWORDS.has(subject.text.toUpperCase())) {
    if (subject.type === 'punctuation' || subject.type === 'operator' || subject.type === 'name')
      throw reader.invalid(subject);
    throw new InvalidParameterError(
      `Invalid comparison clause '${subject.text}'. Expected 'Identifier' found '${subject.text}'.`,
    );
  }
  return { ...identifier(subject.text), operator, value: readValue(reader, operator) };
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

class Reader {
  readonly #filter: string;
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(filter: string, list: readonly Token[]) {
    this.#filter = filter;
    this.#tokens = list;
    const semicolon = list.findIndex(({ text, type }) => type === 'punctuation' && text === ';');
    if (semicolon >= 0 && semicolon < list.length - 1) {
      throw new InvalidParameterError('Search filter contained multiple expression clauses joined by ;');
    }
  }

  atEnd(): boolean {
    return this.#next >= this.#tokens.length;
  }

  take(): Token {
    const token = this.#tokens[this.#next++];
    if (!token) throw this.invalid();
    return token;
  }

  takeKeyword(keyword: string): boolean {
    const token = this.#tokens[this.#next];
    if (token?.type !== 'name' || token.text.toUpperCase() !== keyword) return false;
    this.#next++;
    return true;
  }

  invalid(token?: Token): InvalidParameterError {
    const rest = this.#filter.slice(token?.at ?? 0, (token?.at ?? 0) + 100);
    return new InvalidParameterError(`Invalid clause(s) in filter string: '${rest}'`);
  }
}
