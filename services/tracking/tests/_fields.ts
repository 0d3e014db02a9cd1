import { type DescField, type DescMessage, getOption, ScalarType } from '@bufbuild/protobuf';
import { field as fieldOption } from '@millrace/proto/options/v1/options';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** One place in a request: a field, or the first element of a list. */
export type Place = {
  /** As messages name it: `metrics[0].key`. */
  readonly path: string;
  readonly kind: 'text' | 'integer' | 'int32' | 'double' | 'bool' | 'enum' | 'list' | 'message';
  readonly required: boolean;
  /** Of a list; undefined where the contract sets no limit. */
  readonly maxItems: number | undefined;
  /** The request with another value there. */
  readonly put: (request: JsonObject, value: Json) => JsonObject;
};

/** Every place of a message, through lists and messages within. Endpoints that the contract gains are in it by themselves. */
export function placesOf(
  { fields }: DescMessage,
  prefix = '',
  into = (put: Place['put']): Place['put'] => put,
): Place[] {
  return fields.flatMap((field) => {
    const { name } = field;
    const { required, maxItems } = getOption(field, fieldOption);
    const path = `${prefix}${name}`;
    const put = into((request, value) => ({ ...request, [name]: value }));
    const own = { path, required, maxItems: maxItems || undefined, put };
    const element = elementKind(field);
    if (field.fieldKind !== 'list') {
      const within = (inner: Place['put']) =>
        into((r, value) => ({ ...r, [name]: inner(r[name] as JsonObject, value) }));
      return [{ ...own, kind: element }, ...inner(field, `${path}.`, within)];
    }
    const first = (inner: Place['put']) =>
      into((r, value) => ({ ...r, [name]: [inner((r[name] as readonly JsonObject[])[0] ?? {}, value)] }));
    const putFirst = into((request, value) => ({ ...request, [name]: [value] }));
    return [
      { ...own, kind: 'list' as const },
      { path: `${path}[0]`, kind: element, required: false, maxItems: undefined, put: putFirst },
      ...inner(field, `${path}[0].`, first),
    ];
  });
}

function inner({ message }: DescField, prefix: string, into: (put: Place['put']) => Place['put']): Place[] {
  return message ? placesOf(message, prefix, into) : [];
}

function elementKind(field: DescField): Place['kind'] {
  if (field.message) return 'message';
  if (field.enum) return 'enum';
  switch (field.scalar) {
    case ScalarType.STRING:
      return 'text';
    case ScalarType.BOOL:
      return 'bool';
    case ScalarType.DOUBLE:
      return 'double';
    case ScalarType.INT32:
      return 'int32';
    case ScalarType.INT64:
      return 'integer';
    default:
      throw new Error(`${field.name}: add its type to the table of bad values`);
  }
}
