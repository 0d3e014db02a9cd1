import { InvalidParameterError } from '@millrace/platform/errors';
import type { Comparison, Operator, Value } from '@millrace/platform/search/filter';
import type { Condition } from '../store/search.ts';
import { IS_PROMPT } from './tags.ts';

export const TEXT: readonly Operator[] = ['=', '!=', 'LIKE', 'ILIKE'];

export type TagCondition = Extract<Condition, { on: 'tag' }>;

/** Undefined for what compares no tag but an attribute; throws InvalidParameterError for what compares neither. */
export function tagCondition({ entity, key, operator, value }: Comparison): TagCondition | undefined {
  if (entity === undefined || entity === 'attribute') return undefined;
  if (entity !== 'tag' && entity !== 'tags') {
    throw new InvalidParameterError(
      `Invalid entity type '${entity}'. Valid entity types are ('attribute', 'tag', 'tags')`,
    );
  }
  if (operator === 'IN' || operator === 'NOT IN') throw notAString(value);
  if (!TEXT.includes(operator)) throw new InvalidParameterError(`Invalid comparator for tag: ${operator}`);
  if (value.type !== 'string') throw value.type === 'word' ? notQuoted(value.text) : notAString(value);
  return { on: 'tag', key, operator, value: value.text };
}

function notAString(value: Value): InvalidParameterError {
  return new InvalidParameterError(
    `Expected a quoted string value for tag (e.g. 'my-value'). Got value ${written(value)}`,
  );
}

export function notQuoted(word: string): InvalidParameterError {
  return new InvalidParameterError(
    `Parameter value is either not quoted or unidentified quote types used for string value ${word}. ` +
      'Use either single or double quotes.',
  );
}

export function invalidAttribute(key: string, valid: readonly string[]): InvalidParameterError {
  const keys = valid.map((name) => `'${name}'`).join(', ');
  return new InvalidParameterError(`Invalid attribute key '${key}' specified. Valid keys are '{${keys}}'`);
}

/** A value as the caller wrote it, but for spaces. */
export function written(value: Value): string {
  if (value.type === 'list') return `(${value.items.map((item) => `'${item}'`).join(', ')})`;
  return value.type === 'none' ? 'NULL' : value.text;
}

/**
 * Prompts are kept as registered models, and are found only by searches whose first condition on their mark asks for them. In other
 * searches conditions on the mark count for nothing.
 */
export function promptRule(conditions: readonly Condition[]): {
  conditions: readonly Condition[];
  hidePrompts: boolean;
} {
  const onMark = (condition: Condition) => condition.on === 'tag' && condition.key === IS_PROMPT;
  const first = conditions.find(onMark);
  if (first && asksForPrompts(first)) return { conditions, hidePrompts: false };
  return { conditions: conditions.filter((condition) => !onMark(condition)), hidePrompts: true };
}

function asksForPrompts({ operator, value }: Condition): boolean {
  const text = String(value).toLowerCase();
  return (operator === '=' && text === 'true') || (operator === '!=' && text === 'false');
}
