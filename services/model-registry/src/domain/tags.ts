import { InvalidParameterError } from '@millrace/platform/errors';
import { checkLength, isTooLong } from './lengths.ts';
import type { Tag } from './model.ts';
import { normalPath, pathMessage } from './paths.ts';

/** Its presence among a model's tags, and on versions, says that they are a prompt. */
export const IS_PROMPT = 'mlflow.prompt.is_prompt';
const PROMPT_TEXT = 'mlflow.prompt.text';

const KEY = /^[\p{L}\p{N}_/.\- :]*$/u;

/** Throws InvalidParameterError. */
export function checkTagKey(key: string): void {
  if (!KEY.test(key)) {
    throw new InvalidParameterError(
      `Invalid value "${key}" for parameter 'key' supplied: Names may only contain alphanumerics, underscores (_), dashes (-), ` +
        'periods (.), spaces ( ), colon(:) and slashes (/).',
    );
  }
  if (!normalPath(key)) throw new InvalidParameterError(pathMessage('key', key));
  checkLength('key', key);
}

/** Throws InvalidParameterError. */
export function checkTag({ key, value }: Tag): void {
  checkTagKey(key);
  if (key === PROMPT_TEXT && isTooLong('value', value)) {
    throw new InvalidParameterError('Prompt text exceeds max length of 100000 characters.');
  }
  checkLength('value', value);
}

/** Each key once, with the value given last, in the order in which they are kept. */
export function checkTags(tags: readonly Tag[]): Tag[] {
  for (const tag of tags) checkTag(tag);
  const values = new Map(tags.map(({ key, value }) => [key, value]));
  return [...values].map(([key, value]) => ({ key, value })).sort((a, b) => (a.key < b.key ? -1 : 1));
}

export function isPrompt(tags: readonly Tag[]): boolean {
  return tags.some(({ key }) => key === IS_PROMPT);
}
