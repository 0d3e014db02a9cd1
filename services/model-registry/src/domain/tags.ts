import { InvalidParameterError } from '@millrace/platform/errors';
import { MAX_TAG_BYTES, MAX_TAGS } from '../store/tag-room.ts';
import { checkLength, isTooLong } from './lengths.ts';
import type { Tag } from './model.ts';
import { normalPath, pathMessage } from './paths.ts';

/** Its presence among a model's tags, and on versions, says that they are a prompt. */
export const IS_PROMPT = 'mlflow.prompt.is_prompt';
const PROMPT_TEXT = 'mlflow.prompt.text';

const KEY = /^[\p{L}\p{N}_/.\- :]*$/u;

/** Throws InvalidParameterError. Says nothing of the length: a key that is too long for a tag can be taken away. */
export function checkTagKey(key: string): void {
  if (!KEY.test(key)) {
    throw new InvalidParameterError(
      `Invalid value "${key}" for parameter 'key' supplied: Names may only contain alphanumerics, underscores (_), dashes (-), ` +
        'periods (.), spaces ( ), colon(:) and slashes (/).',
    );
  }
  if (!normalPath(key)) throw new InvalidParameterError(pathMessage('key', key));
}

/** Throws InvalidParameterError. */
export function checkTag({ key, value }: Tag): void {
  checkTagKey(key);
  checkLength('key', key);
  if (key === PROMPT_TEXT && isTooLong('value', value)) {
    throw new InvalidParameterError('Prompt text exceeds max length of 100000 characters.');
  }
  checkLength('value', value);
}

/** Each key once, with the value given last, in the order in which they are kept. */
export function checkTags(tags: readonly Tag[]): Tag[] {
  for (const tag of tags) checkTag(tag);
  const bytes = tags.reduce((sum, { value }) => sum + Buffer.byteLength(value), 0);
  if (tags.length > MAX_TAGS || bytes > MAX_TAG_BYTES) throw tooManyTags();
  const values = new Map(tags.map(({ key, value }) => [key, value]));
  return [...values].map(([key, value]) => ({ key, value })).sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** MLflow has no such limit; without one, reading a single model could take any amount of memory. */
export function tooManyTags(): InvalidParameterError {
  const megabytes = MAX_TAG_BYTES / 2 ** 20;
  return new InvalidParameterError(
    `'tags': a model and a version can have at most ${MAX_TAGS} tags, with ${megabytes} MiB in their values`,
  );
}

export function isPrompt(tags: readonly Tag[]): boolean {
  return tags.some(({ key }) => key === IS_PROMPT);
}

/** Whether a request is about a prompt: other values than true, in any letter case, mark nothing. Of a key given twice the last counts. */
export function marksPrompt(tags: readonly Tag[]): boolean {
  return tags.findLast(({ key }) => key === IS_PROMPT)?.value.toLowerCase() === 'true';
}
