import type { Random } from '../kill/random.ts';
import { type Endpoint, type Field, type Kind, NEW } from './endpoint.ts';
import { get, type Json, type JsonObject, type Request, withBody } from './request.ts';

/** Right, doubtful and wrong values of each kind; `undefined` leaves the field out. */
const VALUES: Readonly<Record<Kind, readonly (Json | undefined)[]>> = {
  text: [undefined, null, '', ' ', 'é', 1, 1.5, true, [], ['x'], {}],
  key: [undefined, null, '', 'a b/c.d', 'a//b', 'é', 'x'.repeat(251), 1, true, [], {}],
  id: [undefined, null, '', 'nobody', '0', 1, true, [], {}],
  integer: [
    undefined,
    null,
    '',
    0,
    -1,
    '5',
    '007',
    '1e1',
    '5.0',
    1.5,
    '1.5',
    'foo',
    true,
    [],
    {},
    2 ** 31,
    '9223372036854775808',
  ],
  double: [
    undefined,
    null,
    '',
    '1.5',
    '-1e3',
    'NaN',
    'Infinity',
    '-Infinity',
    'abc',
    ' 1',
    '0x10',
    1e308,
    true,
    [],
    {},
  ],
  choice: [undefined, null, '', 1, '1', 99, '99', 'NO_SUCH_NAME', 1.5, true, [], {}],
  list: [
    undefined,
    null,
    [],
    'x',
    1,
    true,
    {},
    [null],
    [1],
    [[]],
    ['x'],
    [{}],
    [{ key: 'key' }],
    [{ key: 1, value: 1 }],
  ],
  version: [undefined, null, '', '0', '-1', ' 1 ', '01', '1.0', 'x', '99999999999', 1, true, [], {}],
  alias: [undefined, null, '', 'latest', 'V22', 'a b', 'é', 'x'.repeat(256), 1, true, [], {}],
  stage: [undefined, null, '', 'production', 'ARCHIVED', 'None', 'Nope', 1, true, [], {}],
  flag: [undefined, null, '', 'true', 'false', 0, 1, false, [], {}],
  source: [
    undefined,
    null,
    '',
    '/tmp/x',
    'relative',
    's3://b/../x',
    'runs:/nobody/x',
    'models:/nobody/1',
    1,
    true,
    [],
    {},
  ],
};

/** In a query string everything is text. */
const inQuery = (value: Json | undefined) => value === undefined || typeof value === 'string';

/**
 * The right request of each endpoint, the same with every other value in each of its fields, and as many with two such values
 * as asked for, which `random` chooses.
 */
export function mutations(endpoints: readonly Endpoint[], random: Random, inPairs: number): Request[] {
  const single = endpoints.flatMap((endpoint) => [
    build(endpoint, {}),
    ...Object.keys(endpoint.fields).flatMap((name) =>
      valuesFor(endpoint, name).map((value) => build(endpoint, { [name]: value })),
    ),
  ]);
  const pairs = Array.from({ length: inPairs }, () => twice(endpoints, random));
  return [...single, ...pairs].map(numbered);
}

/** A request with two values that do not belong there. */
function twice(endpoints: readonly Endpoint[], random: Random): Request {
  const endpoint = random.pick(endpoints);
  const names = random.shuffled(Object.keys(endpoint.fields)).slice(0, 2);
  const change = (name: string) => [name, random.pick(valuesFor(endpoint, name))] as const;
  return build(endpoint, Object.fromEntries(names.map(change)));
}

function valuesFor({ verb, fields }: Endpoint, name: string): readonly (Json | undefined)[] {
  const { kind } = fields[name] as Field;
  return VALUES[kind].filter((value) => verb !== 'GET' || inQuery(value));
}

function build({ verb, path, fields }: Endpoint, changes: Readonly<Record<string, Json | undefined>>): Request {
  const valid = Object.entries(fields).map(([name, { valid: value }]: [string, Field]) => [name, value]);
  const all = { ...Object.fromEntries(valid), ...changes } as Record<string, Json | undefined>;
  const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as JsonObject;
  return verb === 'GET' ? get(path, given as Record<string, string>) : withBody(verb, path, given);
}

/** Gives each request names of its own where it asks for new ones. */
function numbered(request: Request, i: number): Request {
  const text = JSON.stringify(request.body);
  return text === undefined ? request : { ...request, body: JSON.parse(text.replaceAll(NEW, `new ${i}`)) as Json };
}
