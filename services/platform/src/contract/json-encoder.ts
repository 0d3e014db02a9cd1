import { create, type DescField, type DescMessage, type MessageInitShape, toJson } from '@bufbuild/protobuf';
import { zero } from './json-decoder.ts';
import { scalarOf } from './json-scalars.ts';
import { isPlainJson, isWellKnown, perMessage } from './per-message.ts';

/** JSON text, or '' to leave the field out. */
type Encode = (value: unknown) => string;
type Fields = Readonly<Record<string, unknown>>;

/**
 * Compiles, once per message type, what turns a handler's answer into JSON text. Text and not an object, because
 * JSON.stringify cannot write a 64-bit integer as a bare number.
 */
export function jsonEncoder<D extends DescMessage>(desc: D): (message: MessageInitShape<D>) => string {
  return messageEncoder(desc);
}

const messageEncoder = perMessage<unknown, string>((desc) => {
  if (isWellKnown(desc)) return (value) => JSON.stringify(toJson(desc, create(desc, value as Fields)));
  const encoders = desc.fields.map(fieldEncoder);
  return (message) => {
    let text = '';
    for (const encode of encoders) {
      const member = encode(message as Fields);
      if (member !== '') text += text === '' ? member : `,${member}`;
    }
    return `{${text}}`;
  };
});

/** `"name":value`; a field that is not `optional` is written even when the handler left it out. */
function fieldEncoder(field: DescField): (message: Fields) => string {
  const { localName } = field;
  const prefix = `"${field.name}":`;
  const encode = valueEncoder(field);
  const absent = zero(field)();
  return (message) => {
    const value = message[localName] ?? absent;
    const text = value === undefined ? '' : encode(value);
    return text === '' ? '' : prefix + text;
  };
}

function valueEncoder(field: DescField): Encode {
  if (isPlainJson(field)) return JSON.stringify;
  const encode = field.message ? messageEncoder(field.message) : (scalarOf(field).print as Encode);
  if (field.fieldKind === 'list') return (list) => wrap('[', (list as unknown[]).map(encode), ']');
  if (field.fieldKind !== 'map') return encode;
  const entry = ([key, value]: [string, unknown]) => `${JSON.stringify(key)}:${encode(value)}`;
  return (map) => wrap('{', Object.entries(map as Fields).map(entry), '}');
}

function wrap(open: string, parts: string[], close: string): string {
  return parts.length === 0 ? '' : open + parts.join(',') + close;
}
