import {
  type DescField,
  type DescMessage,
  fromJson,
  getOption,
  type JsonValue,
  type MessageShape,
} from '@bufbuild/protobuf';
import { scalarZeroValue } from '@bufbuild/protobuf/reflect';
import { Edition, FeatureSet_FieldPresence, isWrapperDesc } from '@bufbuild/protobuf/wkt';
import { field as fieldOption } from '@millrace/proto/options/v1/options';
import { InvalidParameterError } from '../errors.ts';
import { FieldError } from './field-error.ts';
import { scalarOf } from './json-scalars.ts';
import { isPlainJson, isWellKnown, perMessage } from './per-message.ts';
import { holdsStorable, isStorable } from './storable.ts';

/** Gives undefined for a value that does not fit; throws FieldError for one that is wrong further inside. */
type Decode = (json: unknown) => unknown;

/** Compiles, once per message type, what turns parsed JSON into the generated message type. */
export function jsonDecoder<D extends DescMessage>(desc: D): (json: unknown) => MessageShape<D> {
  const decode = messageDecoder(desc);
  return (json) => {
    const message = decode(json ?? {});
    if (message === undefined) throw new InvalidParameterError('The request must be a JSON object');
    return message as MessageShape<D>;
  };
}

const messageDecoder = perMessage<unknown, unknown>((desc) => {
  if (isWrapperDesc(desc)) throw new Error(`${desc.typeName}: use 'optional' instead`);
  if (isWellKnown(desc)) return wellKnownDecoder(desc);
  if (desc.file.edition !== Edition.EDITION_PROTO3 || desc.oneofs.length > 0) {
    throw new Error(`${desc.typeName}: only proto3 without oneof has plain objects as messages`);
  }
  const build = assemble(desc);
  return (json) => (isObject(json) ? build(json) : undefined);
});

/**
 * Writes and compiles `(json) => ({ $typeName: '…', runId: decode0(json.run_id ?? json.run_uuid), … })`: one literal per
 * message type, so that V8 knows the shape of what goes in and out. Only names from our own contract become source text.
 */
function assemble({ typeName, fields }: DescMessage): Decode {
  const names = fields.map((_, i) => `decode${i}`);
  const given = (field: DescField) =>
    jsonNames(field)
      .map((name) => `json.${name}`)
      .join(' ?? ');
  const properties = fields.map((field, i) => `${field.localName}: ${names[i]}(${given(field)})`);
  const literal = [`$typeName: '${typeName}'`, ...properties].join(', ');
  const make = new Function(...names, `return (json) => ({ ${literal} })`) as (...decoders: Decode[]) => Decode;
  return make(...fields.map(fieldDecoder));
}

/** The names a field may have in JSON, the first to be preferred. */
export function jsonNames(field: DescField): string[] {
  const { alias } = getOption(field, fieldOption);
  return alias ? [field.name, alias] : [field.name];
}

function fieldDecoder(field: DescField): Decode {
  const { name } = field;
  const { required } = getOption(field, fieldOption);
  const decode = valueDecoder(field);
  const absent = zero(field);
  return (json) => {
    if (json === undefined || json === null || (required && json === '')) {
      if (required) throw FieldError.missing(name);
      return absent();
    }
    return fitting(decode, json, name);
  };
}

/** What an absent field means: undefined if `optional` or a message, else the zero of its type. */
export function zero(field: DescField): () => unknown {
  if (field.fieldKind === 'list') return () => [];
  if (field.fieldKind === 'map') return () => ({});
  if (field.presence === FeatureSet_FieldPresence.EXPLICIT) return () => undefined;
  const value = field.scalar === undefined ? 0 : scalarZeroValue(field.scalar, false);
  return () => value;
}

function valueDecoder(field: DescField): Decode {
  if (isPlainJson(field)) return plainJson;
  const decode = field.message ? messageDecoder(field.message) : scalarOf(field).parse;
  if (field.fieldKind === 'list') return listDecoder(field.name, decode, maxItems(field));
  if (field.fieldKind === 'map') return mapDecoder(field.name, decode, maxItems(field));
  return field.fieldKind === 'message' ? nestedDecoder(field.name, decode) : decode;
}

/** Of a list or map; unlimited unless the contract says otherwise. */
export function maxItems(field: DescField): number {
  return getOption(field, fieldOption).maxItems || Number.POSITIVE_INFINITY;
}

function listDecoder(name: string, decode: Decode, max: number): Decode {
  return (json) => {
    if (!Array.isArray(json)) return undefined;
    if (json.length > max) throw FieldError.tooMany(name, json.length, max);
    const list: unknown[] = [];
    try {
      for (const item of json) list.push(fitting(decode, item));
    } catch (error) {
      throw FieldError.within(`${name}[${list.length}]`, error);
    }
    return list;
  };
}

function mapDecoder(name: string, decode: Decode, max: number): Decode {
  return (json) => {
    if (!isObject(json)) return undefined;
    const entries = Object.entries(json);
    if (entries.length > max) throw FieldError.tooMany(name, entries.length, max);
    return Object.fromEntries(entries.map(([key, item]) => [entryKey(name, key), entryValue(name, key, decode, item)]));
  };
}

function entryKey(name: string, key: string): string {
  if (!isStorable(key)) throw FieldError.invalid(name, key);
  return key;
}

function entryValue(name: string, key: string, decode: Decode, item: unknown): unknown {
  try {
    return fitting(decode, item);
  } catch (error) {
    throw FieldError.within(`${name}.${key}`, error);
  }
}

function nestedDecoder(name: string, decode: Decode): Decode {
  return (json) => {
    try {
      return decode(json);
    } catch (error) {
      throw FieldError.within(name, error);
    }
  };
}

function plainJson(json: unknown): unknown {
  return isObject(json) && holdsStorable(json) ? json : undefined;
}

function isObject(json: unknown): json is object {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function wellKnownDecoder(desc: DescMessage): Decode {
  return (json) => {
    if (!holdsStorable(json)) return undefined;
    try {
      return fromJson(desc, json as JsonValue);
    } catch {
      return undefined;
    }
  };
}

function fitting(decode: Decode, json: unknown, path = ''): unknown {
  const value = decode(json);
  if (value === undefined) throw FieldError.invalid(path, json);
  return value;
}
