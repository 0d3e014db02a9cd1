import { InvalidParameterError } from '@millrace/platform/errors';
import type { Comparison, Operator, Value } from '@millrace/platform/search/comparison';
import { parseExpression } from '@millrace/platform/search/expression';
import { type Logic, mapLeaves } from '@millrace/platform/search/logic';
import { RUN_NAME_TAG } from './run.ts';

/** A comparison whose parts have been found to fit each other. `value` is null where the operator needs none. */
export type RunCondition =
  | { readonly on: 'metric'; readonly key: string; readonly operator: Operator; readonly value: number | null }
  | { readonly on: 'param' | 'tag'; readonly key: string; readonly operator: Operator; readonly value: string | null }
  | {
      readonly on: 'text';
      readonly key: TextAttribute;
      readonly operator: Operator;
      readonly value: string | readonly string[];
    }
  | { readonly on: 'time'; readonly key: TimeAttribute; readonly operator: Operator; readonly value: number }
  | {
      readonly on: 'dataset';
      readonly key: DatasetKey;
      readonly operator: Operator;
      readonly value: string | readonly string[];
    };

export type RunFilter = Logic<RunCondition>;

const TEXT_ATTRIBUTES = ['run_id', 'run_name', 'status', 'user_id', 'artifact_uri'] as const;
const TIME_ATTRIBUTES = ['start_time', 'end_time'] as const;
const DATASET_KEYS = ['name', 'digest', 'context'] as const;
export type TextAttribute = (typeof TEXT_ATTRIBUTES)[number];
export type TimeAttribute = (typeof TIME_ATTRIBUTES)[number];
export type DatasetKey = (typeof DATASET_KEYS)[number];

const ENTITIES: Readonly<Record<string, Entity>> = {
  metric: 'metric',
  metrics: 'metric',
  parameter: 'param',
  parameters: 'param',
  param: 'param',
  params: 'param',
  tag: 'tag',
  tags: 'tag',
  attribute: 'attribute',
  attributes: 'attribute',
  attr: 'attribute',
  run: 'attribute',
  dataset: 'dataset',
  datasets: 'dataset',
};
type Entity = 'metric' | 'param' | 'tag' | 'attribute' | 'dataset';

const ALIASES: Readonly<Record<string, string>> = {
  created: 'start_time',
  Created: 'start_time',
  'run name': 'run_name',
  'Run name': 'run_name',
  'Run Name': 'run_name',
};

const NUMERIC: readonly Operator[] = ['=', '!=', '<', '<=', '>', '>='];
const TEXT: readonly Operator[] = ['=', '!=', 'LIKE', 'ILIKE'];
const LISTS: readonly Operator[] = ['IN', 'NOT IN'];
const NULLS: readonly Operator[] = ['IS NULL', 'IS NOT NULL'];

/** Reads a filter over runs; throws InvalidParameterError for what runs do not have or cannot be asked. */
export function runFilter(filter: string): RunFilter {
  return mapLeaves(parseExpression(filter), runCondition);
}

function runCondition(comparison: Comparison): RunCondition {
  const { key, operator, value } = comparison;
  const on = entityOf(comparison.entity);
  if (NULLS.includes(operator) && on !== 'param' && on !== 'tag') {
    if (on === 'attribute') attribute(key);
    throw new InvalidParameterError(`IS NULL / IS NOT NULL is only supported for tags and params, not for ${on}s`);
  }
  switch (on) {
    case 'metric':
      return { on, key, operator: checked(on, operator, NUMERIC), value: metricValue(value) };
    case 'param':
    case 'tag': {
      checked(on, operator, [...TEXT, ...NULLS]);
      return { on, key, operator, value: value.type === 'none' ? null : text(value, on) };
    }
    case 'attribute':
      return attributeCondition(key, operator, value);
    case 'dataset':
      return datasetCondition(key, operator, value);
    default: {
      const never: never = on;
      return never;
    }
  }
}

function attributeCondition(given: string, operator: Operator, value: Value): RunCondition {
  const key = attribute(given);
  if (isTime(key)) {
    checked('attribute', operator, NUMERIC);
    if (value.type === 'number') return { on: 'time', key, operator, value: value.number };
    throw new InvalidParameterError(
      `Expected numeric value type for numeric attribute: ${key}. Found ${'text' in value ? `'${value.text}'` : 'a list'}`,
    );
  }
  if (value.type === 'list' || LISTS.includes(operator)) {
    if (key !== 'run_id') {
      throw new InvalidParameterError(
        "Only the 'run_id' attribute supports comparison with a list of quoted string values.",
      );
    }
    return { on: 'text', key, operator, value: value.type === 'list' ? value.items : text(value, 'attributes') };
  }
  const wanted = { operator: checked('attribute', operator, TEXT), value: text(value, 'attributes') };
  // as MLflow does: a run that has lost the tag is found by no name
  return key === 'run_name' ? { on: 'tag', key: RUN_NAME_TAG, ...wanted } : { on: 'text', key, ...wanted };
}

function datasetCondition(given: string, operator: Operator, value: Value): RunCondition {
  const key = DATASET_KEYS.find((known) => known === given);
  if (!key) {
    throw new InvalidParameterError(`Invalid dataset key '${given}'. Valid keys are ${list(DATASET_KEYS)}`);
  }
  checked('dataset', operator, [...TEXT, ...LISTS]);
  return { on: 'dataset', key, operator, value: value.type === 'list' ? value.items : text(value, 'datasets') };
}

/** What the first word of an identifier means. */
export function entityOf(entity: string | undefined): Entity {
  if (entity === undefined) return 'attribute';
  const known = Object.hasOwn(ENTITIES, entity) ? ENTITIES[entity] : undefined;
  if (!known) {
    throw new InvalidParameterError(
      `Invalid entity type '${entity}'. Valid values are ['metric', 'parameter', 'tag', 'attribute', 'dataset']`,
    );
  }
  return known;
}

/** The attribute a run's identifier without entity, or with that of attributes, means. */
export function attribute(given: string): TextAttribute | TimeAttribute {
  const key = Object.hasOwn(ALIASES, given) ? ALIASES[given] : given;
  const known = [...TEXT_ATTRIBUTES, ...TIME_ATTRIBUTES].find((name) => name === key);
  if (!known) {
    throw new InvalidParameterError(
      `Invalid attribute key '${given}' specified. Valid keys are ${list([...TEXT_ATTRIBUTES, ...TIME_ATTRIBUTES])}`,
    );
  }
  return known;
}

function isTime(key: TextAttribute | TimeAttribute): key is TimeAttribute {
  return key === 'start_time' || key === 'end_time';
}

function checked(on: string, operator: Operator, allowed: readonly Operator[]): Operator {
  if (allowed.includes(operator)) return operator;
  throw new InvalidParameterError(`Invalid comparator '${operator}' for ${on}: not one of ${list(allowed)}`);
}

function metricValue(value: Value): number {
  if (value.type === 'number') return value.number;
  throw new InvalidParameterError(
    `Expected numeric value type for metric. Found ${'text' in value ? value.text : 'a list'}`,
  );
}

function text(value: Value, what: string): string {
  if (value.type === 'string') return value.text;
  if (value.type === 'word') {
    throw new InvalidParameterError(
      `Parameter value is either not quoted or unidentified quote types used for string value ${value.text}. Use either single or double quotes.`,
    );
  }
  throw new InvalidParameterError(
    `Expected a quoted string value for ${what} (e.g. 'my-value'). Got value ${'text' in value ? value.text : 'list'}`,
  );
}

const list = (names: readonly string[]) => `[${names.map((name) => `'${name}'`).join(', ')}]`;
