import {
  create,
  type DescField,
  type DescMessage,
  getOption,
  type MessageInitShape,
  ScalarType,
  toJson,
} from '@bufbuild/protobuf';
import { field as fieldOption } from '@millrace/proto/options/v1/options';
import { zero } from './json-decoder.ts';
import { scalarOf } from './json-scalars.ts';
import { JsonWriter } from './json-writer.ts';
import { isPlainJson, isWellKnown, perMessage } from './per-message.ts';

/** Writes a value to the writer. */
type Encode = (value: unknown) => void;
type Fields = Readonly<Record<string, unknown>>;

/** Nothing is awaited while an answer is encoded, so one will do for all. */
const writer = new JsonWriter();

/**
 * Compiles, once per message type, what turns a handler's answer into JSON, in UTF-8. Not by way of an object, because
 * JSON.stringify cannot write a 64-bit integer as a bare number.
 */
export function jsonEncoder<D extends DescMessage>(desc: D): (message: MessageInitShape<D>) => Buffer {
  const encode = messageEncoder(desc);
  return (message) => {
    writer.clear();
    encode(message);
    return writer.take();
  };
}

const messageEncoder = perMessage<unknown, void>((desc) => {
  if (isWellKnown(desc)) return (value) => writer.json(JSON.stringify(toJson(desc, create(desc, value as Fields))));
  const fields = desc.fields.map(fieldEncoder);
  return (message) => {
    writer.ascii('{');
    const start = writer.length;
    for (const field of fields) field(message as Fields, start);
    writer.ascii('}');
  };
});

/**
 * `"name":value`, with a comma unless it is the first. A field that is not `optional` is written even when the handler left it
 * out; of lists and maps only those that have something in them.
 */
function fieldEncoder(field: DescField): (message: Fields, start: number) => void {
  const { localName } = field;
  const first = `"${field.name}":`;
  const next = `,${first}`;
  const encode = valueEncoder(field);
  const absent = zero(field)();
  const leftOut = emptiness(field);
  return (message, start) => {
    const value = message[localName] ?? absent;
    if (value === undefined || leftOut?.(value)) return;
    writer.ascii(writer.length === start ? first : next);
    encode(value);
  };
}

function emptiness(field: DescField): ((value: unknown) => boolean) | undefined {
  if (field.fieldKind === 'map') return (map) => Object.keys(map as Fields).length === 0;
  if (field.fieldKind !== 'list' || getOption(field, fieldOption).keepEmpty) return undefined;
  return (list) => (list as readonly unknown[]).length === 0;
}

function valueEncoder(field: DescField): Encode {
  if (isPlainJson(field)) return (value) => writer.json(JSON.stringify(value));
  const encode = field.message ? messageEncoder(field.message) : scalarEncoder(field);
  if (field.fieldKind === 'list') return (list) => writeList(list as readonly unknown[], encode);
  return field.fieldKind === 'map' ? (map) => writeMap(map as Fields, encode) : encode;
}

function scalarEncoder(field: DescField): Encode {
  if (field.scalar === ScalarType.STRING) return (text) => writer.text(text as string);
  const print = scalarOf(field).print as (value: unknown) => string;
  return (value) => writer.ascii(print(value));
}

function writeList(list: readonly unknown[], encode: Encode): void {
  writer.ascii('[');
  for (const [i, item] of list.entries()) {
    if (i > 0) writer.ascii(',');
    encode(item);
  }
  writer.ascii(']');
}

function writeMap(map: Fields, encode: Encode): void {
  writer.ascii('{');
  for (const [i, [key, value]] of Object.entries(map).entries()) {
    if (i > 0) writer.ascii(',');
    writer.text(key);
    writer.ascii(':');
    encode(value);
  }
  writer.ascii('}');
}
