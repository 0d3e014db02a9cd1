import { type DescField, getOption, ScalarType } from '@bufbuild/protobuf';
import { field as fieldOption } from '@millrace/proto/options/v1/options';
import { FieldError } from './field-error.ts';
import { maxItems } from './json-decoder.ts';
import { isPlainJson, perMessage } from './per-message.ts';
import { holdsStorable, isStorable } from './storable.ts';

type Check = (value: unknown) => void;

/**
 * What the JSON decoder refuses, for messages that did not come as JSON: required fields that are missing (protobuf sends no zeros,
 * so only texts and messages can be), too many items, text that cannot be stored.
 */
export const checkMessage = perMessage<object, void>(({ fields }) => {
  const checks = fields.map((field) => ({ localName: field.localName, check: fieldCheck(field) }));
  return (message) => {
    for (const { localName, check } of checks) check((message as Readonly<Record<string, unknown>>)[localName]);
  };
});

function fieldCheck(field: DescField): Check {
  const { name } = field;
  const { required } = getOption(field, fieldOption);
  const check = valueCheck(field);
  return (value) => {
    if (required && (value === undefined || value === '')) throw FieldError.missing(name);
    if (value !== undefined) check(name, value);
  };
}

function valueCheck(field: DescField): (path: string, value: unknown) => void {
  const one = elementCheck(field);
  const max = maxItems(field);
  switch (field.fieldKind) {
    case 'list':
      return (path, list) => checkItems(path, (list as unknown[]).entries(), (list as unknown[]).length, max, one);
    case 'map':
      return (path, map) => {
        const entries = Object.entries(map as object);
        for (const [key] of entries) if (!isStorable(key)) throw FieldError.invalid(path, key);
        checkItems(path, entries, entries.length, max, one);
      };
    default:
      return one;
  }
}

type CheckAt = (path: string, value: unknown) => void;

function checkItems(
  path: string,
  items: Iterable<[number | string, unknown]>,
  count: number,
  max: number,
  check: CheckAt,
): void {
  if (count > max) throw FieldError.tooMany(path, count, max);
  for (const [at, item] of items) check(typeof at === 'number' ? `${path}[${at}]` : `${path}.${at}`, item);
}

function elementCheck(field: DescField): CheckAt {
  if (isPlainJson(field)) {
    return (path, json) => {
      if (!holdsStorable(json)) throw FieldError.invalid(path, json);
    };
  }
  if (field.message) {
    const check = checkMessage(field.message);
    return (path, value) => {
      try {
        check(value as object);
      } catch (error) {
        throw FieldError.within(path, error);
      }
    };
  }
  if (field.scalar !== ScalarType.STRING) return () => {};
  return (path, text) => {
    if (!isStorable(text as string)) throw FieldError.invalid(path, text);
  };
}
