import { InvalidParameterError } from '../errors.ts';
import { type Comparison, readComparison } from './comparison.ts';
import { conjunction } from './filter.ts';
import type { Logic } from './logic.ts';
import { isKeyword, Reader } from './reader.ts';

const MAX_DEPTH = 100;

/**
 * Reads MLflow's filter language extended by OR, NOT and parentheses. NOT binds more tightly than AND, and AND more tightly
 * than OR. What has none of the three means what it means to MLflow. Throws InvalidParameterError.
 */
export function parseExpression(filter: string): Logic<Comparison> {
  const reader = new Reader(filter);
  if (!isExtended(reader)) {
    return joined(
      'and',
      conjunction(reader).map((leaf) => ({ type: 'leaf', leaf })),
    );
  }
  const expression = readOr(reader, 0);
  if (!reader.atEnd()) throw reader.invalidNext();
  return expression;
}

/** Whether there is an OR, a NOT that belongs to no operator, or a parenthesis that opens no list. */
function isExtended({ tokens }: Reader): boolean {
  return tokens.some((token, i) => {
    const [before, after] = [tokens[i - 1], tokens[i + 1]];
    if (token.type === 'punctuation') return token.text === '(' && !(before && isKeyword(before, 'IN'));
    if (isKeyword(token, 'NOT')) return !(before && isKeyword(before, 'IS')) && !(after && isKeyword(after, 'IN'));
    return isKeyword(token, 'OR');
  });
}

function readOr(reader: Reader, depth: number): Logic<Comparison> {
  if (depth > MAX_DEPTH) throw new InvalidParameterError(`Invalid filter: nested deeper than ${MAX_DEPTH}`);
  const parts = [readAnd(reader, depth)];
  while (reader.takeKeyword('OR')) parts.push(readAnd(reader, depth));
  return joined('or', parts);
}

function readAnd(reader: Reader, depth: number): Logic<Comparison> {
  const parts = [readNot(reader, depth)];
  while (reader.takeKeyword('AND')) parts.push(readNot(reader, depth));
  return joined('and', parts);
}

function readNot(reader: Reader, depth: number): Logic<Comparison> {
  if (depth > MAX_DEPTH) throw new InvalidParameterError(`Invalid filter: nested deeper than ${MAX_DEPTH}`);
  if (reader.takeKeyword('NOT')) return { type: 'not', of: readNot(reader, depth + 1) };
  if (!reader.takePunctuation('(')) return { type: 'leaf', leaf: readComparison(reader) };
  const inner = readOr(reader, depth + 1);
  if (!reader.takePunctuation(')')) throw reader.invalidNext();
  return inner;
}

function joined(type: 'and' | 'or', parts: readonly Logic<Comparison>[]): Logic<Comparison> {
  const [first, ...rest] = parts;
  return first && rest.length === 0 ? first : { type, of: parts };
}
