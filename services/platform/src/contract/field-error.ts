import { InvalidParameterError } from '../errors.ts';
import { isStorable } from './storable.ts';

const HINT = 'See the API docs for more information about request parameters.';
const MAX_QUOTED = 200;
const UNSTORABLE = 'Hint: Text may hold neither NUL characters nor unpaired surrogates.';

/** A request field the caller got wrong; the message names it from the root of the request, as `metrics[0].timestamp`. */
export class FieldError extends InvalidParameterError {
  readonly #path: string;
  readonly #explain: (path: string) => string;

  constructor(path: string, explain: (path: string) => string) {
    super(explain(path));
    this.#path = path;
    this.#explain = explain;
  }

  static missing(path: string): FieldError {
    return new FieldError(path, (at) => `Missing value for required parameter '${at}'. ${HINT}`);
  }

  static invalid(path: string, value: unknown): FieldError {
    const shown = (JSON.stringify(value) ?? 'undefined').slice(0, MAX_QUOTED);
    const wrong = `Hint: Value was of type '${pythonType(value)}'.`;
    const hint = typeof value === 'string' && !isStorable(value) ? UNSTORABLE : wrong;
    return new FieldError(path, (at) => `Invalid value ${shown} for parameter '${at}' supplied:  ${hint} ${HINT}`);
  }

  static tooMany(path: string, count: number, max: number): FieldError {
    const rule = `It can contain at most ${max} items, but has ${count}.`;
    return new FieldError(path, (at) => `Invalid value for parameter '${at}' supplied: ${rule}`);
  }

  /** Adds the enclosing field to the path of an error from inside it; other errors pass unchanged. */
  static within(parent: string, thrown: unknown): unknown {
    if (!(thrown instanceof FieldError)) return thrown;
    return new FieldError(thrown.#path ? `${parent}.${thrown.#path}` : parent, thrown.#explain);
  }
}

/** MLflow's messages, and the tests that match them, speak of Python types. */
function pythonType(value: unknown): string {
  if (value === null || value === undefined) return 'NoneType';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  return { string: 'str', boolean: 'bool' }[typeof value as string] ?? 'dict';
}
