import { InvalidParameterError } from '../errors.ts';

/** `text` is as written, quotes included. */
export type Token = {
  readonly type: 'name' | 'string' | 'number' | 'operator' | 'punctuation';
  readonly text: string;
  readonly at: number;
};

const QUOTED = /'[^']*'|"[^"]*"|`[^`]*`/.source;
const BARE = /[\p{L}\p{N}_$@/-]+/u.source;
const PART = `(?:${QUOTED}|${BARE})`;

/** Tried in order. A lone quoted text is a string; one with a dot beside it is part of a name. */
const TOKENS: readonly (readonly [Token['type'], RegExp])[] = [
  // each digit has one place only: with `\d+\.?\d*` a hundred thousand of them would take minutes
  ['number', /[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?(?![\p{L}\p{N}_.$@/-])/iuy],
  ['name', new RegExp(`${PART}(?:\\.${PART})+|${BARE}|\`[^\`]*\``, 'uy')],
  ['string', /'[^']*'|"[^"]*"/y],
  ['operator', /!=|<=|>=|=|<|>/y],
  ['punctuation', /[(),;]/y],
];

/** No escapes inside quotes: `'it''s'` is two strings, as MLflow reads it. */
export function tokens(text: string, what = 'filter string'): Token[] {
  const found: Token[] = [];
  const space = /\s*/y;
  for (let at = skip(space, text, 0); at < text.length; ) {
    const token = tokenAt(text, at);
    if (!token) throw new InvalidParameterError(`Invalid clause(s) in ${what}: '${text.slice(at, at + 100)}'`);
    found.push(token);
    at = skip(space, text, at + token.text.length);
  }
  return found;
}

function tokenAt(text: string, at: number): Token | undefined {
  for (const [type, pattern] of TOKENS) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) return { type, text: match[0], at };
  }
  return undefined;
}

function skip(space: RegExp, text: string, at: number): number {
  space.lastIndex = at;
  space.exec(text);
  return space.lastIndex;
}
