import { InvalidParameterError } from '@millrace/platform/errors';
import type { KeyValue } from './experiment.ts';
import type { Batch } from './log-batch.ts';
import { checkKey, checkLength, invalid, truncate } from './names.ts';
import type { LoggedMetric } from './run.ts';

export const MAX_KEY = 250;
const MAX_PARAM_VALUE = 6000;
const MAX_TAG_VALUE = 8000;
const MAX_METRICS = 1000;
const MAX_PARAMS = 100;
const MAX_TAGS = 100;
const MAX_ENTITIES = 1000;

/** Throws InvalidParameterError at the first thing wrong; gives the batch with over-long values cut. */
export function checkBatch({ metrics, params, tags }: Batch, truncateLongValues: boolean): Batch {
  checkCount('metrics', metrics.length, MAX_METRICS);
  checkCount('params', params.length, MAX_PARAMS);
  checkCount('tags', tags.length, MAX_TAGS);
  checkCount('metrics, params, and tags', metrics.length + params.length + tags.length, MAX_ENTITIES);
  for (const [i, metric] of metrics.entries()) checkMetric(metric, `metrics[${i}].`);
  const batch = {
    metrics,
    params: params.map((param, i) => checkParam(param, truncateLongValues, `params[${i}].`)),
    tags: tags.map((tag, i) => checkTag(tag, truncateLongValues, `tags[${i}].`)),
  };
  checkDuplicates(params);
  return batch;
}

export function checkMetric({ key, timestampMs }: LoggedMetric, prefix = ''): void {
  checkKey(`${prefix}name`, key);
  checkLength('Metric name', key, MAX_KEY);
  if (timestampMs < 0) {
    throw invalid(`${prefix}timestamp`, timestampMs, 'Timestamp must be a nonnegative long (64-bit integer)');
  }
}

export function checkParam(param: KeyValue, truncateLongValues: boolean, prefix = ''): KeyValue {
  checkKey(`${prefix}key`, param.key);
  return fitParam(param, truncateLongValues);
}

/** A logged model's param may have any characters in its key. */
export function fitParam({ key, value }: KeyValue, truncateLongValues: boolean): KeyValue {
  checkLength('Param key', key, MAX_KEY);
  return { key, value: fit('Param value', value, MAX_PARAM_VALUE, truncateLongValues) };
}

export function checkTag(tag: KeyValue, truncateLongValues: boolean, prefix = ''): KeyValue {
  checkKey(`${prefix}key`, tag.key);
  return fitTag(tag, truncateLongValues, prefix);
}

/** A tag that a run is created with may have any characters in its key. */
export function fitTag({ key, value }: KeyValue, truncateLongValues: boolean, prefix = ''): KeyValue {
  checkLength(`${prefix}key`, key, MAX_KEY);
  return { key, value: fit(`${prefix}value`, value, MAX_TAG_VALUE, truncateLongValues) };
}

function fit(label: string, value: string, max: number, truncateLongValues: boolean): string {
  if (truncateLongValues) return truncate(value, max);
  checkLength(label, value, max);
  return value;
}

function checkCount(what: string, count: number, max: number): void {
  if (count <= max) return;
  throw new InvalidParameterError(
    `A batch logging request can contain at most ${max} ${what}. Got ${count} ${what}. ` +
      `Please split up ${what} across multiple requests and try again.`,
  );
}

function checkDuplicates(params: readonly KeyValue[]): void {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { key } of params) (seen.has(key) ? twice : seen).add(key);
  if (twice.size === 0) return;
  const keys = [...twice].map((key) => `'${key}'`).join(', ');
  throw new InvalidParameterError(
    `Duplicate parameter keys have been submitted: [${keys}]. Please ensure the request contains only one param value per param key.`,
  );
}
