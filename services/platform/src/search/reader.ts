import { InvalidParameterError } from '../errors.ts';
import { type Token, tokens } from './lexer.ts';

const MAX_LENGTH = 100_000;
const MAX_COMPARISONS = 500;

/** Hands out the tokens of a filter one by one. Throws InvalidParameterError where a filter cannot be one. */
export class Reader {
  readonly tokens: readonly Token[];
  readonly #filter: string;
  #next = 0;
  #comparisons = 0;

  constructor(filter: string) {
    if (filter.length > MAX_LENGTH)
      throw new InvalidParameterError(`Invalid filter: longer than ${MAX_LENGTH} characters`);
    if (filter !== '' && filter.trim() === '')
      throw new InvalidParameterError(`Invalid filter '${filter}'. Could not be parsed.`);
    this.#filter = filter;
    this.tokens = tokens(filter);
    const semicolon = this.tokens.findIndex(({ text, type }) => type === 'punctuation' && text === ';');
    if (semicolon >= 0 && semicolon < this.tokens.length - 1) {
      throw new InvalidParameterError('Search filter contained multiple expression clauses joined by ;');
    }
  }

  atEnd(): boolean {
    return this.#next >= this.tokens.length;
  }

  take(): Token {
    const token = this.tokens[this.#next++];
    if (!token) throw this.invalid();
    return token;
  }

  takeKeyword(keyword: string): boolean {
    const token = this.tokens[this.#next];
    if (!token || !isKeyword(token, keyword)) return false;
    this.#next++;
    return true;
  }

  takePunctuation(mark: string): boolean {
    const token = this.tokens[this.#next];
    if (token?.type !== 'punctuation' || token.text !== mark) return false;
    this.#next++;
    return true;
  }

  /** To be called for each comparison: there is a limit to them. */
  countComparison(): void {
    if (++this.#comparisons > MAX_COMPARISONS) {
      throw new InvalidParameterError(`Invalid filter: more than ${MAX_COMPARISONS} comparisons`);
    }
  }

  /** The error for a token that does not fit where it stands; without one, for the whole filter. */
  invalid(token?: Token): InvalidParameterError {
    const rest = this.#filter.slice(token?.at ?? 0, (token?.at ?? 0) + 100);
    return new InvalidParameterError(`Invalid clause(s) in filter string: '${rest}'`);
  }

  /** The error for what comes next. */
  invalidNext(): InvalidParameterError {
    return this.invalid(this.tokens[this.#next]);
  }
}

export function isKeyword(token: Token, keyword: string): boolean {
  return token.type === 'name' && token.text.toUpperCase() === keyword;
}
