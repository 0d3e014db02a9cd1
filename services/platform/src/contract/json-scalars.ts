import { type DescEnum, type DescField, ScalarType } from '@bufbuild/protobuf';
import { base64Decode, base64Encode } from '@bufbuild/protobuf/wire';
import { isStorable } from './storable.ts';

/** `parse` gives undefined for a value that does not fit; `print` gives JSON text. */
type Scalar = { readonly parse: (json: unknown) => unknown; readonly print: (value: never) => string };

const DIGITS = /^[-+]?\d+$/;
const NUMERIC = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
const NON_FINITE = new Map(Object.entries({ NaN, Infinity, '-Infinity': -Infinity, inf: Infinity, '-inf': -Infinity }));

function parseDouble(json: unknown): number | undefined {
  if (typeof json === 'number') return json;
  if (typeof json !== 'string') return undefined;
  return NUMERIC.test(json) ? Number(json) : NON_FINITE.get(json);
}

/** A bare JSON number beyond 2^53 has already lost digits when we see it, so only a string may carry one. */
function parseInt64(json: unknown): bigint | undefined {
  if (typeof json === 'string' && DIGITS.test(json)) return fits(BigInt(json), BigInt.asIntN);
  const number = parseDouble(json);
  return Number.isSafeInteger(number) ? BigInt(number as number) : undefined;
}

function parseUint64(json: unknown): bigint | undefined {
  if (typeof json === 'string' && DIGITS.test(json)) return fits(BigInt(json), BigInt.asUintN);
  const signed = parseInt64(json);
  return signed !== undefined && signed >= 0n ? signed : undefined;
}

function fits(value: bigint, truncate: typeof BigInt.asIntN): bigint | undefined {
  return truncate(64, value) === value ? value : undefined;
}

/** `|` and `>>>` wrap what does not fit in 32 bits, and drop a fraction. */
function parseInt32(json: unknown): number | undefined {
  const number = parseDouble(json);
  return number !== undefined && number === (number | 0) ? number : undefined;
}

function parseUint32(json: unknown): number | undefined {
  const number = parseDouble(json);
  return number !== undefined && number === number >>> 0 ? number : undefined;
}

function parseBytes(json: unknown): Uint8Array | undefined {
  try {
    return typeof json === 'string' ? base64Decode(json) : undefined;
  } catch {
    return undefined;
  }
}

const storable = (json: unknown) => (typeof json === 'string' && isStorable(json) ? json : undefined);
const string: Scalar = { parse: storable, print: JSON.stringify };
const bool: Scalar = { parse: (json) => (typeof json === 'boolean' ? json : undefined), print: String };
const bytes: Scalar = { parse: parseBytes, print: (value: Uint8Array) => `"${base64Encode(value)}"` };
const printNumber = (value: number | bigint) => `${value}`;
const double: Scalar = { parse: parseDouble, print: (n: number) => (Number.isFinite(n) ? `${n}` : `"${n}"`) };
const int32: Scalar = { parse: parseInt32, print: printNumber };
const uint32: Scalar = { parse: parseUint32, print: printNumber };
const int64: Scalar = { parse: parseInt64, print: printNumber };
const uint64: Scalar = { parse: parseUint64, print: printNumber };

/** MLflow's JSON rules: 64-bit integers are bare numbers, non-finite doubles are strings. */
const SCALARS: Record<ScalarType, Scalar> = {
  [ScalarType.STRING]: string,
  [ScalarType.BOOL]: bool,
  [ScalarType.BYTES]: bytes,
  [ScalarType.DOUBLE]: double,
  [ScalarType.FLOAT]: double,
  [ScalarType.INT32]: int32,
  [ScalarType.SINT32]: int32,
  [ScalarType.SFIXED32]: int32,
  [ScalarType.UINT32]: uint32,
  [ScalarType.FIXED32]: uint32,
  [ScalarType.INT64]: int64,
  [ScalarType.SINT64]: int64,
  [ScalarType.SFIXED64]: int64,
  [ScalarType.UINT64]: uint64,
  [ScalarType.FIXED64]: uint64,
};

/** The scalar or enum a field holds, or its list or map is made of. */
export function scalarOf({ name, enum: names, scalar }: DescField): Scalar {
  if (names) return enumScalar(names);
  if (scalar === undefined) throw new Error(`${name} is a message`);
  return SCALARS[scalar];
}

/** By name; a number is accepted too, as text also, which is all that a query string has. */
function enumScalar(desc: DescEnum): Scalar {
  const byName = new Map(desc.values.flatMap(({ name, number }) => [name, `${number}`].map((text) => [text, number])));
  const known = (json: unknown) => (desc.values.some(({ number }) => number === json) ? json : undefined);
  return {
    parse: (json) => (typeof json === 'string' ? byName.get(json) : known(json)),
    print: (number: number) => (desc.value[number] ? `"${desc.value[number].name}"` : `${number}`),
  };
}
