export type Schema = Readonly<Record<string, unknown>>;

const NUMBER_OR_TEXT = { oneOf: [{ type: 'string' }, { type: 'number' }] };
const REFERENCE = '#/definitions/';

/** Kubernetes' way of writing schemas as plain JSON Schema, in which a field that is not known is an error. */
export function strict(schema: unknown): Schema {
  return convert(schema) as Schema;
}

function convert(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(convert);
  if (typeof node !== 'object' || node === null) return node;
  const schema = node as Schema;
  if (isQuantityOrPort(schema)) return NUMBER_OR_TEXT;
  const converted = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === 'properties' ? fields(value as Schema) : convert(value),
    ]),
  );
  const isOpen =
    schema['x-kubernetes-preserve-unknown-fields'] === true || schema['additionalProperties'] !== undefined;
  return schema['properties'] === undefined || isOpen ? converted : { ...converted, additionalProperties: false };
}

/** `port: http` or `port: 80`, `cpu: 2` or `cpu: 500m`: both spellings, whatever the description says. */
function isQuantityOrPort(schema: Schema): boolean {
  if (schema['format'] === 'int-or-string' || schema['x-kubernetes-int-or-string'] === true) return true;
  return typeof schema['description'] === 'string' && schema['description'].startsWith('Quantity is a fixed-point');
}

/** The names of fields are the author's, and may be words that schemas have too. A list or map may be left empty. */
function fields(properties: Schema): Schema {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => {
      const field = strict(value);
      const mayBeEmpty = field['type'] === 'array' || field['type'] === 'object';
      return [name, mayBeEmpty ? { ...field, type: [field['type'], 'null'] } : field];
    }),
  );
}

/** The schema with every definition that it needs, directly or not. */
export function withReferences(schema: Schema, all: Readonly<Record<string, Schema>>): Schema {
  const needed = new Map<string, Schema>();
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(visit);
    if (typeof node !== 'object' || node === null) return;
    const { $ref } = node as Schema;
    const name = typeof $ref === 'string' && $ref.startsWith(REFERENCE) ? $ref.slice(REFERENCE.length) : undefined;
    const found = name === undefined ? undefined : all[name];
    if (name !== undefined && found !== undefined && !needed.has(name)) {
      needed.set(name, found);
      visit(found);
    }
    Object.values(node).forEach(visit);
  };
  visit(schema);
  return { ...schema, definitions: Object.fromEntries(needed) };
}
