import { type DescMethod, getOption, type Message } from '@bufbuild/protobuf';
import { type Rest, rest } from '@millrace/proto/options/v1/options';
import { jsonDecoder } from './json-decoder.ts';
import { jsonEncoder } from './json-encoder.ts';
import type { Operation } from './operation.ts';
import { queryReader } from './query.ts';

export type Route = {
  readonly verb: string;
  /** With its prefix; a `{name}` segment takes any one segment and fills that request field. */
  readonly path: string;
  readonly operation: Operation;
  readonly decode: (json: unknown) => Message;
  readonly readQuery: (query: string) => unknown;
  readonly encode: (answer: object) => Buffer;
};

export type Match = { readonly route: Route; readonly params: Readonly<Record<string, string>> };

export type Routes = {
  /** Undefined for what the contract does not know. */
  readonly find: (verb: string, path: string) => Match | undefined;
  /** The verbs a path takes, none for a path the contract does not know. Slow: for refusals only. */
  readonly verbs: (path: string) => string[];
};

export function routes(operations: readonly Operation[]): Route[] {
  return operations.flatMap((operation) => {
    const { input, output } = operation.method;
    const codec = {
      decode: jsonDecoder(input),
      readQuery: queryReader(input),
      encode: jsonEncoder(output) as Route['encode'],
    };
    return bindings(operation.method).map((binding) => ({ ...binding, operation, ...codec }));
  });
}

/** Exact paths are found in one look-up; only paths of templates are compared segment by segment. */
export function routeFinder(table: readonly Route[]): Routes {
  const exact = new Map<string, Match>();
  const templates: Template[] = [];
  const claimed = new Set<string>();
  for (const route of table) {
    const key = `${route.verb} ${route.path}`;
    const shape = key.replaceAll(/\{\w+\}/g, '{}');
    if (claimed.has(shape)) throw new Error(`Two rpcs claim ${key}`);
    claimed.add(shape);
    if (route.path.includes('{')) templates.push({ route, segments: route.path.split('/') });
    else exact.set(key, { route, params: {} });
  }
  const find: Routes['find'] = (verb, path) =>
    exact.get(`${verb} ${path}`) ?? matchTemplate(templates, verb, path.split('/'));
  return { find, verbs: (path) => VERBS.filter((verb) => find(verb, path)) };
}

const VERBS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

type Template = { readonly route: Route; readonly segments: readonly string[] };

function matchTemplate(templates: readonly Template[], verb: string, path: readonly string[]): Match | undefined {
  for (const { route, segments } of templates) {
    if (route.verb !== verb || segments.length !== path.length) continue;
    const params = capture(segments, path);
    if (params) return { route, params };
  }
  return undefined;
}

function capture(segments: readonly string[], path: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [i, segment] of segments.entries()) {
    const actual = path[i] ?? '';
    const value = segment.startsWith('{') ? decodeSegment(actual) : '';
    if (value) params[segment.slice(1, -1)] = value;
    else if (segment !== actual) return undefined;
  }
  return params;
}

function decodeSegment(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function bindings(method: DescMethod): { verb: string; path: string }[] {
  return getOption(method, rest).flatMap(({ binding, version = 2, ajaxOnly }: Rest) => {
    if (!binding.case) throw new Error(`${method.name} has a rest option without a path`);
    const { case: verb, value: path } = binding;
    for (const [, name] of path.matchAll(/\{(\w+)\}/g)) {
      if (!method.input.fields.some((field) => field.name === name))
        throw new Error(`${path}: the request has no '${name}'`);
    }
    return (ajaxOnly ? ['ajax-api'] : ['api', 'ajax-api']).map((root) => ({
      verb: verb.toUpperCase(),
      path: `/${root}/${version}.0${path}`,
    }));
  });
}
