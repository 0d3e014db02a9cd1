import { InvalidParameterError } from '@millrace/platform/errors';
import { type Comparison, type Operator, parseFilter, type Value } from '@millrace/platform/search/filter';
import {
  type ModelAttribute,
  modelAttribute,
  type TextAttribute,
  type TimeAttribute,
} from './logged-model-attributes.ts';

/** A comparison whose parts have been found to fit each other. */
export type ModelCondition =
  | { readonly on: 'metric'; readonly key: string; readonly operator: Operator; readonly value: number }
  | { readonly on: 'time'; readonly key: TimeAttribute; readonly operator: Operator; readonly value: number }
  | { readonly on: 'param' | 'tag'; readonly key: string; readonly operator: Operator; readonly value: Text }
  | { readonly on: 'text'; readonly key: TextAttribute; readonly operator: Operator; readonly value: Text };

type Text = string | readonly string[];

const NUMERIC: readonly Operator[] = ['<', '<=', '>', '>=', '=', '!='];
const TEXT: readonly Operator[] = ['=', '!=', 'LIKE', 'ILIKE', 'IN', 'NOT IN'];
const ENTITIES = ['attributes', 'metrics', 'params', 'tags'] as const;
const EXPECTED = `a list of comparisons separated by 'AND' (e.g. "metrics.loss > 0.1 AND params.lr = '0.01'")`;

/** Reads a filter over logged models; throws InvalidParameterError for what they do not have or cannot be asked. */
export function modelConditions(filter: string): ModelCondition[] {
  return comparisons(filter).map(modelCondition);
}

function comparisons(filter: string): Comparison[] {
  try {
    return parseFilter(filter);
  } catch (error) {
    if (!(error instanceof InvalidParameterError)) throw error;
    const shown = JSON.stringify(filter.slice(0, 200));
    throw new InvalidParameterError(`Invalid filter string: ${shown} (${error.message}). Expected ${EXPECTED}.`);
  }
}

function modelCondition({ entity = 'attributes', key, operator, value }: Comparison): ModelCondition {
  const name = `${entity}.${key}`;
  if (value.type === 'none') {
    throw new InvalidParameterError(`Invalid comparison: ${name} ${operator}. Expected a comparison with 3 tokens.`);
  }
  switch (ENTITIES.find((known) => known === entity)) {
    case 'metrics':
      return { on: 'metric', key, operator: checked(name, operator, NUMERIC), value: number(name, value) };
    case 'params':
      return { on: 'param', key, operator: checked(name, operator, TEXT), value: text(name, value) };
    case 'tags':
      return { on: 'tag', key, operator: checked(name, operator, TEXT), value: text(name, value) };
    case 'attributes':
      return attributeCondition(name, attribute(key), operator, value);
    default:
      throw new InvalidParameterError(
        `Invalid entity type: '${entity}'. Expected one of ['attributes', 'metrics', 'params', 'tags'].`,
      );
  }
}

function attribute(given: string): ModelAttribute {
  const known = modelAttribute(given);
  if (!known) throw new InvalidParameterError(`Invalid attribute name: '${given}'`);
  return known;
}

function attributeCondition(name: string, known: ModelAttribute, operator: Operator, value: Value): ModelCondition {
  if (known.type === 'time') {
    return { on: 'time', key: known.key, operator: checked(name, operator, NUMERIC), value: number(name, value) };
  }
  const given = text(name, value);
  const wanted = known.key !== 'status' ? given : typeof given === 'string' ? statusName(given) : given.map(statusName);
  return { on: 'text', key: known.key, operator: checked(name, operator, TEXT), value: wanted };
}

/** Statuses go by their name in Python, by their name on the wire, or by the number MLflow's own server compares with. */
const STATUS_NAMES: Readonly<Record<string, string>> = {
  LOGGED_MODEL_STATUS_UNSPECIFIED: 'UNSPECIFIED',
  LOGGED_MODEL_PENDING: 'PENDING',
  LOGGED_MODEL_READY: 'READY',
  LOGGED_MODEL_UPLOAD_FAILED: 'FAILED',
  0: 'UNSPECIFIED',
  1: 'PENDING',
  2: 'READY',
  3: 'FAILED',
};

const statusName = (given: string) => (Object.hasOwn(STATUS_NAMES, given) ? STATUS_NAMES[given] : given) ?? given;

function checked(name: string, operator: Operator, allowed: readonly Operator[]): Operator {
  if (allowed.includes(operator)) return operator;
  const list = allowed.map((one) => `'${one}'`).join(', ');
  throw new InvalidParameterError(`Invalid comparison operator for ${name}: '${operator}'. Expected one of (${list}).`);
}

function number(name: string, value: Value): number {
  if (value.type === 'number') return value.number;
  const found = 'text' in value ? `'${value.text}'` : 'a list';
  throw new InvalidParameterError(`Expected numeric value type for ${name}. Found ${found}`);
}

/** As MLflow does for logged models, and only for them, text may stand without quotes. */
function text(name: string, value: Value): Text {
  if (value.type === 'list') return value.items;
  if ('text' in value && !value.text.startsWith('`')) return value.text;
  throw new InvalidParameterError(`Expected a value in single or double quotes for ${name}`);
}
