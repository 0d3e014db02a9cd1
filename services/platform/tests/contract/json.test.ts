import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { describe, expect, it } from '@jest/globals';
import { jsonDecoder } from '@millrace/platform/contract/json-decoder';
import { jsonEncoder } from '@millrace/platform/contract/json-encoder';
import { queryReader } from '@millrace/platform/contract/query';
import { InvalidParameterError } from '@millrace/platform/errors';
import { Color, EverythingSchema } from '@millrace/proto/test/sample/v1/sample';

const decode = jsonDecoder(EverythingSchema);
const encoder = jsonEncoder(EverythingSchema);
const encode = (message: Parameters<typeof encoder>[0]) => encoder(message).toString();
const readQuery = queryReader(EverythingSchema);
type Init = MessageInitShape<typeof EverythingSchema>;

describe('decoding', () => {
  it.each<[string, unknown, Init]>([
    ['nothing', {}, {}],
    ['null as absent', { text: null, names: null, inner: null, maybe_text: null }, {}],
    ['unknown fields', JSON.parse('{"text":"a","nonsense":[1],"__proto__":{"flag":true}}'), { text: 'a' }],
    ['zero as present where presence counts', { maybe_text: '', maybe_big: 0 }, { maybeText: '', maybeBig: 0n }],
    ['an integer', { small: 12, big: -5, size: 1 }, { small: 12, big: -5n, size: 1n }],
    ['an integral float', { big: 12.0, maybe_big: 1e3 }, { big: 12n, maybeBig: 1000n }],
    ['integers in text', { small: '12', big: '007', maybe_big: '1e3' }, { small: 12, big: 7n, maybeBig: 1000n }],
    ['64 bits in text, exactly', { big: '9223372036854775807' }, { big: 9223372036854775807n }],
    ['numeric text as double', { ratio: '0.5' }, { ratio: 0.5 }],
    ['NaN', { ratio: 'NaN' }, { ratio: NaN }],
    ['infinity', { ratio: '-Infinity' }, { ratio: -Infinity }],
    [
      'enums by name and number',
      { color: 'RED', inner: { color: 2 } },
      { color: Color.RED, inner: { color: Color.GREEN } },
    ],
    ['an enum by its number in text', { color: '2' }, { color: Color.GREEN }],
    ['bytes', { raw: 'AQI=' }, { raw: new Uint8Array([1, 2]) }],
    ['maps', { counts: { a: 1, b: '2' } }, { counts: { a: 1n, b: 2n } }],
    ['a timestamp', { at: '2025-01-01T00:00:00.5Z' }, { at: { seconds: 1735689600n, nanos: 500_000_000 } }],
    ['as many items as the contract allows', { few: ['1', '2', '3'] }, { few: ['1', '2', '3'] }],
    ['whole surrogate pairs', { text: '\ud83d\ude00' }, { text: '😀' }],
    ['a number too large for a double as infinity', JSON.parse('{"ratio":-1e400}'), { ratio: -Infinity }],
    ['a struct', { free: { a: [1, null, { b: 'c' }] } }, { free: { a: [1, null, { b: 'c' }] } }],
    ['an alias', { items: [{ uuid: 'x', value: 0 }] }, { items: [{ id: 'x', value: 0 }] }],
  ])('takes %s', (_name, json, expected) => {
    expect(decode(json)).toEqual(create(EverythingSchema, expected));
  });

  it.each([
    [
      'a number for text',
      { text: 31 },
      `Invalid value 31 for parameter 'text' supplied:  Hint: Value was of type 'int'.`,
    ],
    ['text for an integer', { big: 'foo' }, `Invalid value "foo" for parameter 'big' supplied`],
    ['a fraction', { big: 1.5 }, `Invalid value 1.5 for parameter 'big' supplied:  Hint: Value was of type 'float'.`],
    ['a bare integer beyond 2^53', { big: 2 ** 60 }, `for parameter 'big'`],
    ['33 bits', { small: 2 ** 32 }, `for parameter 'small'`],
    ['a negative size', { size: -1 }, `for parameter 'size'`],
    ['text for a boolean', { flag: 'true' }, `for parameter 'flag'`],
    ['an unknown enum name', { color: 'BLUE' }, `Invalid value "BLUE" for parameter 'color'`],
    [
      'an object for a list',
      { items: {} },
      `Invalid value {} for parameter 'items' supplied:  Hint: Value was of type 'dict'.`,
    ],
    ['a null element', { names: [null] }, `Invalid value null for parameter 'names[0]'`],
    ['a wrong element', { inner: { names: ['a', 1] } }, `for parameter 'inner.names[1]'`],
    ['a wrong map value', { counts: { a: 'x' } }, `for parameter 'counts.a'`],
    [
      'a missing field far inside',
      { items: [{ id: 'a', value: 1 }, { id: 'b' }] },
      `Missing value for required parameter 'items[1].value'.`,
    ],
    [
      'a required text left empty',
      { items: [{ id: '', value: 1 }] },
      `Missing value for required parameter 'items[0].id'.`,
    ],
    ['a list for the request', [], 'must be a JSON object'],
    [
      'text with a NUL',
      { text: 'a\0b' },
      `Invalid value "a\\u0000b" for parameter 'text' supplied:  Hint: Text may hold neither NUL characters`,
    ],
    ['half a surrogate pair', { items: [{ id: '\ud83d', value: 1 }] }, `"\\ud83d" for parameter 'items[0].id'`],
    ['a NUL in a list', { names: ['a', '\0'] }, `for parameter 'names[1]'`],
    ['a NUL in the key of a map', { labels: { 'a\0': 'b' } }, `for parameter 'labels'`],
    ['a NUL in the value of a map', { labels: { a: '\0' } }, `for parameter 'labels.a'`],
    ['a NUL deep in a struct', { free: { a: [{ b: '\0' }] } }, `for parameter 'free'`],
    [
      'more items than the contract allows, before looking at any',
      { few: [1, 2, 3, 4] },
      `Invalid value for parameter 'few' supplied: It can contain at most 3 items, but has 4.`,
    ],
    [
      'too large a map',
      { inner: { labels: { a: '', b: '', c: '' } } },
      `for parameter 'inner.labels' supplied: It can`,
    ],
    [
      'camelCase for a name',
      { items: [{ id: 'a', Value: 1 }] },
      `Missing value for required parameter 'items[0].value'`,
    ],
  ])('refuses %s and names it', (_name, json, message) => {
    expect(() => decode(json)).toThrow(message);
  });

  it('uses MLflow’s words', () => {
    const hint = 'See the API docs for more information about request parameters.';
    expect(() => decode({ items: [{}] })).toThrow(
      new InvalidParameterError(`Missing value for required parameter 'items[0].id'. ${hint}`),
    );
    expect(() => decode({ text: { a: [1, null] } })).toThrow(
      new InvalidParameterError(
        `Invalid value {"a":[1,null]} for parameter 'text' supplied:  Hint: Value was of type 'dict'. ${hint}`,
      ),
    );
  });

  it('reads a query string by the same rules', () => {
    const query = 'names=a&names=b&big=7&ratio=NaN&flag=True&color=RED&text=x&text=y&nonsense=1';
    const expected = { names: ['a', 'b'], big: 7n, ratio: NaN, flag: true, color: Color.RED, text: 'x' };
    expect(decode(readQuery(query))).toEqual(create(EverythingSchema, expected));
    expect(() => readQuery('flag=yes')).toThrow(`Invalid boolean value: yes, must be 'true' or 'false'.`);
  });
});

describe('encoding', () => {
  const zeros = '"text":"","flag":false,"small":0,"big":0,"size":0,"ratio":0,"raw":"","color":"COLOR_UNSPECIFIED"';

  it.each<[string, Init, string]>([
    ['all that is not optional, and no empty list', {}, `{${zeros}}`],
    ['64-bit integers as bare numbers', { maybeBig: 9223372036854775807n }, '"maybe_big":9223372036854775807'],
    ['non-finite doubles as text', { ratio: -Infinity }, '"ratio":"-Infinity"'],
    ['enums by name', { color: Color.GREEN }, '"color":"GREEN"'],
    [
      'an empty message that is there',
      { items: [{}], counts: { 'a"': 1n } },
      '"items":[{"id":"","value":0}],"counts":{"a\\"":1}',
    ],
    ['a timestamp', { at: { seconds: 0n } }, '"at":"1970-01-01T00:00:00Z"'],
    ['text that needs escapes', { text: '"\n\u2028' }, JSON.stringify('"\n\u2028')],
    ['text of any script', { text: 'é \u{1f600}' }, '"text":"é \u{1f600}"'],
    ['text that is not Unicode', { text: '\ud800' }, '"text":"\\ud800"'],
    ['long text', { text: `${'x'.repeat(1000)}\\ü` }, `${'x'.repeat(1000)}\\\\ü`],
  ])('writes %s', (_name, message, expected) => {
    expect(encode(message)).toContain(expected);
  });

  it('writes megabytes, and then little', () => {
    const items = Array.from({ length: 50_000 }, (_, i) => ({ id: `${i} ü`, value: i / 7 }));
    expect((JSON.parse(encode({ items })) as { items: unknown }).items).toEqual(items);
    expect(encode({ text: 'x', items: [] })).toContain('"text":"x"');
    expect(encode({ text: 'x', items: [] }).length).toBeLessThan(1000);
  });

  it('is undone by decoding', () => {
    const message = create(EverythingSchema, {
      text: 'ü',
      maybeText: '',
      big: -1n,
      ratio: NaN,
      raw: new Uint8Array([255]),
      counts: { a: 1n },
      inner: { names: ['x'] },
      free: { a: [null, { b: 'ü' }] },
    });
    expect(decode(JSON.parse(encode(message)))).toEqual(message);
  });
});
