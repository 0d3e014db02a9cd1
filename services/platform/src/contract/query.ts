import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { InvalidParameterError } from '../errors.ts';
import { jsonNames } from './json-decoder.ts';

/** Turns query strings into the JSON they stand for: the decoder takes numbers as text anyway, so only lists and booleans differ. */
export function queryReader({ fields }: DescMessage): (query: string) => unknown {
  const known = fields.flatMap((field) => jsonNames(field).map((name) => ({ name, read: reader(field) })));
  return (query) => {
    const params = new URLSearchParams(query);
    const given = known.filter(({ name }) => params.has(name));
    return Object.fromEntries(given.map(({ name, read }) => [name, read(params.getAll(name))]));
  };
}

function reader({ fieldKind, scalar }: DescField): (values: string[]) => unknown {
  if (fieldKind === 'list') return (values) => values;
  return scalar === ScalarType.BOOL ? ([first]) => toBoolean(first) : ([first]) => first;
}

/** Python clients send `True`. */
function toBoolean(text = ''): boolean {
  const lower = text.toLowerCase();
  if (lower === 'true') return true;
  if (lower === 'false') return false;
  throw new InvalidParameterError(`Invalid boolean value: ${text}, must be 'true' or 'false'.`);
}
