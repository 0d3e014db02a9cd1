import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { cloudEventType, type DeclaredEvent } from './event-type.ts';

type Json = Readonly<Record<string, unknown>>;

const TEXT: Json = { type: 'string' };

/** The JSON Schema of an event's `data`. Fields may be added within a version, so what is unknown is allowed. */
export function dataSchema({ type, data }: DeclaredEvent): Json {
  const properties = Object.fromEntries(data.fields.map((field) => [field.name, fieldSchema(data, field, type)]));
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: schemaPath(type),
    title: type,
    type: 'object',
    properties,
    required: data.fields.filter((field) => !isOptional(field)).map(({ name }) => name),
  };
}

/** What stands in `dataschema` of an event, and where a service serves it. */
export function schemaPath(type: string): string {
  return `/schemas/${type}.v1.json`;
}

function fieldSchema({ typeName }: DescMessage, field: DescField, type: string): Json {
  if (field.name === 'event') return { const: type };
  if (field.fieldKind === 'map' && field.scalar === ScalarType.STRING) {
    return { type: 'object', additionalProperties: TEXT };
  }
  if (field.fieldKind === 'scalar' && field.scalar === ScalarType.STRING) return TEXT;
  throw new Error(`${typeName}.${field.name}: the data of events is flat and its leaves are strings`);
}

function isOptional(field: DescField): boolean {
  return field.fieldKind === 'map' ? false : field.proto.proto3Optional;
}

/** The JSON Schema of a whole event, with its data in `dataReference`. */
export function cloudEventSchema(type: string, service: string, dataReference: string): Json {
  const uuid = { type: 'string', pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$' };
  const properties = {
    specversion: { const: '1.0' },
    id: { ...uuid, description: 'A UUIDv7, the same in every delivery' },
    type: { const: cloudEventType(type) },
    source: { type: 'string', pattern: `^/workspaces/[^/]+/${service}$` },
    subject: TEXT,
    time: { type: 'string', format: 'date-time' },
    datacontenttype: { const: 'application/json' },
    dataschema: { const: schemaPath(type) },
    partitionkey: { type: 'string', description: 'Events of one key come in order' },
    sequence: { type: 'string', pattern: '^[0-9]{20}$', description: 'Grows with every event of one key' },
    data: { $ref: dataReference },
  };
  return {
    type: 'object',
    properties: { ...properties, traceparent: TEXT },
    required: Object.keys(properties),
  };
}
