import { type DescField, type DescMessage, getOption, ScalarType } from '@bufbuild/protobuf';
import { field as fieldOption } from '@millrace/proto/options/v1/options';
import { isWellKnown } from './per-message.ts';
import type { Route } from './route-table.ts';

type Json = Readonly<Record<string, unknown>>;

const { DOUBLE, FLOAT, STRING, BOOL, BYTES } = ScalarType;

/** The OpenAPI 3.1 document of a route table: plain data, made once at start. */
export function openApi(title: string, version: string, routes: readonly Route[]): Json {
  const schemas: Record<string, Json> = {};
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.verb.toLowerCase()]: describe(route, schemas) };
  }
  return { openapi: '3.1.0', info: { title, version }, paths, components: { schemas } };
}

function describe({ verb, path, operation: { method } }: Route, schemas: Record<string, Json>): Json {
  const inPath = (field: DescField) => path.includes(`{${field.name}}`);
  const parameters = method.input.fields
    .filter((field) => verb === 'GET' || inPath(field))
    .map((field) => ({
      name: field.name,
      in: inPath(field) ? 'path' : 'query',
      required: inPath(field) || getOption(field, fieldOption).required,
      schema: fieldSchema(field, schemas),
    }));
  const body = verb === 'GET' ? {} : { requestBody: content(reference(method.input, schemas)) };
  const answer = { description: 'OK', ...content(reference(method.output, schemas)) };
  const [tag, twin] = [method.parent.name, path.startsWith('/ajax-api') ? 'Ajax' : ''];
  return { operationId: method.name + twin, tags: [tag], parameters, ...body, responses: { 200: answer } };
}

const content = (schema: Json) => ({ content: { 'application/json': { schema } } });

/** Adds the message, and those it refers to, to `schemas` on first sight. */
function reference(desc: DescMessage, schemas: Record<string, Json>): Json {
  if (isWellKnown(desc)) return {};
  if (!schemas[desc.typeName]) {
    schemas[desc.typeName] = {}; // a message inside itself stops here
    schemas[desc.typeName] = messageSchema(desc, schemas);
  }
  return { $ref: `#/components/schemas/${desc.typeName}` };
}

function messageSchema({ fields }: DescMessage, schemas: Record<string, Json>): Json {
  const properties = Object.fromEntries(fields.map((field) => [field.name, fieldSchema(field, schemas)]));
  const required = fields.filter((field) => getOption(field, fieldOption).required).map((field) => field.name);
  return { type: 'object', properties, ...(required.length > 0 && { required }) };
}

function fieldSchema(field: DescField, schemas: Record<string, Json>): Json {
  const element = elementSchema(field, schemas);
  const { maxItems } = getOption(field, fieldOption);
  if (field.fieldKind === 'list') return { type: 'array', items: element, ...(maxItems && { maxItems }) };
  if (field.fieldKind !== 'map') return element;
  return { type: 'object', additionalProperties: element, ...(maxItems && { maxProperties: maxItems }) };
}

function elementSchema({ message, enum: names, scalar }: DescField, schemas: Record<string, Json>): Json {
  if (message) return reference(message, schemas);
  if (names) return { type: 'string', enum: names.values.map((value) => value.name) };
  switch (scalar) {
    case STRING:
      return { type: 'string' };
    case BYTES:
      return { type: 'string', contentEncoding: 'base64' };
    case BOOL:
      return { type: 'boolean' };
    case DOUBLE:
    case FLOAT:
      return { anyOf: [{ type: 'number' }, { enum: ['NaN', 'Infinity', '-Infinity'] }] };
    default:
      return { type: 'integer', format: ScalarType[scalar ?? ScalarType.INT64].toLowerCase() };
  }
}
