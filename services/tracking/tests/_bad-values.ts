import type { Json, Place } from './_fields.ts';

/** Put into JSON as it stands, for numbers that JavaScript itself would not write. */
const VERBATIM = 'verbatim:';

const NO_SCALARS: readonly Json[] = [[], ['x'], {}, { $ne: null }];
/** Names that every JavaScript object knows. */
const INHERITED: readonly Json[] = ['constructor', '__proto__', 'toString'];
const NO_NUMBERS: readonly Json[] = [true, 'x', '1,5', '0x10', ' 1', '1 ', '--1', ...INHERITED, ...NO_SCALARS];
const NO_INTEGERS: readonly Json[] = [
  ...NO_NUMBERS,
  ...[1.5, '1.5', 1e300, 'NaN', 'Infinity', '-Infinity', `${VERBATIM}1e400`, `${VERBATIM}-1e400`],
  ...['9223372036854775808', '-9223372036854775809', `${VERBATIM}9223372036854775808`],
];

/** What does not fit a kind of field, whatever the field means. Of every place in every request it must be refused by name. */
export const BAD: Readonly<Record<Place['kind'], readonly Json[]>> = {
  text: [1, 1.5, true, `${VERBATIM}1e400`, 'a\0b', '\0', '\ud800', 'x\udc00y', ...NO_SCALARS],
  integer: NO_INTEGERS,
  int32: [...NO_INTEGERS, 2_147_483_648, -2_147_483_649, '2147483648'],
  double: NO_NUMBERS,
  bool: [0, 1, 'true', 'yes', ...NO_SCALARS],
  enum: ['NO_SUCH_NAME', '', 99, -1, 1.5, true, ...INHERITED, ...NO_SCALARS],
  list: ['x', 1, true, {}, { 0: 'x', length: 1 }],
  message: ['x', 1, true, [], [{}]],
};

/** The same for query strings, where everything is text and a list is what comes several times. */
export const BAD_IN_QUERY: Readonly<Partial<Record<Place['kind'], readonly string[]>>> = {
  text: ['a\0b'],
  integer: ['x', '1.5', '1e400', '9223372036854775808', 'constructor'],
  int32: ['x', '1.5', '1e400', '2147483648', 'constructor'],
  bool: ['maybe', '1', '__proto__'],
  enum: ['NO_SUCH_NAME', '99', 'constructor'],
};

/** Values that fit the type but seldom the meaning: refused by name or kept exactly, and never a failure of ours. */
export const EXTREME: Readonly<Partial<Record<Place['kind'], readonly Json[]>>> = {
  integer: [-1, 0, 2 ** 53 - 1, -(2 ** 53) + 1, `${2n ** 53n}`, '9223372036854775807', '-9223372036854775808'],
  int32: [-1, 0, 2_147_483_647, -2_147_483_648],
  double: [1e308, -1e308, 5e-324, '1e400', 'NaN', '-Infinity', `${VERBATIM}1e400`],
};

/** Text that means something to SQL, to shells, to templates, to file systems or to JavaScript, or is only long. */
export const HOSTILE: readonly string[] = [
  `'; drop table tracking.run; --`,
  `" or "1" = "1`,
  `x' or pg_sleep(10) is null or 'a' = 'a`,
  `\\'; select 1; --`,
  '$1 %s {0} #{7*7} {{7*7}} `id` $(id) | & ; < > \n\r\t',
  '__proto__',
  'constructor',
  '../../../etc/passwd',
  '\u202etxt.exe \u0085 \u{1f600} e\u0301 \ufeff',
  'x'.repeat(100_000),
];

/** JSON text, numbers that JavaScript does not know included. */
export function write(json: Json): string {
  return JSON.stringify(json).replace(new RegExp(`"${VERBATIM}([^"]+)"`, 'g'), '$1');
}

/** As segments of a path. */
export const BAD_IN_PATH: readonly string[] = [
  ...[
    '%00',
    'a%00b',
    '%ED%A0%80',
    '%',
    '%zz',
    '%2e%2e',
    '..%2f..%2fetc%2fpasswd',
    '%27%3B%20drop%20table%20tracking.run',
  ],
  ...['__proto__', 'constructor', 'x'.repeat(10_000)],
];

const nested = (open: string, close: string) => open.repeat(10_000) + close.repeat(10_000);

/** In place of a JSON object. */
export const BAD_BODIES: Readonly<Record<string, string | Buffer>> = {
  'an array': '[]',
  'an array of objects': '[{}]',
  'a number': '1',
  'a truth': 'true',
  null: 'null',
  nothing: '',
  text: '"text"',
  'an object cut off': '{"run_id": "x", ',
  'a bare NaN': '{"value": NaN}',
  'two objects': '{}{}',
  'arrays 10,000 deep': nested('[', ']'),
  'objects 10,000 deep': `${'{"x":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
  'an unknown field 10,000 deep': `{"x": ${nested('[', ']')}}`,
  'text that holds JSON 10,000 deep': JSON.stringify(`{"x": ${nested('[', ']')}}`),
  'no UTF-8': Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
  'UTF-16': Buffer.from('{"run_id": "x"}', 'utf16le'),
  'a prototype': '{"__proto__": {"run_id": "x", "experiment_id": "0", "name": "x"}}',
};

/** JSON text of an object with so many fields. */
export function manyKeys(count: number): string {
  return `{${Array.from({ length: count }, (_, i) => `"${i.toString(36)}":0`).join()}}`;
}

export const BAD_TYPES: readonly string[] = [
  ...['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/xml'],
  ...['application/jsonp', 'application/json-patch+json', ' '],
];
