import { InvalidParameterError } from '@millrace/platform/errors';

const ALLOWED = /^[\p{L}\p{N}_/.\- :]*$/u;
const CHARACTERS =
  'Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces (), colon(:) and slashes (/).';

/** A metric, param or tag key; `label` is what the message calls it, e.g. `metrics[0].name`. */
export function checkKey(label: string, key: string): void {
  if (!ALLOWED.test(key)) throw invalid(label, key, CHARACTERS);
  if (!isPathNormal(key)) {
    throw invalid(
      label,
      key,
      'Names may be treated as files in certain cases, and must not resolve to other names when treated as such. ' +
        `This name would resolve to '${normalised(key)}'`,
    );
  }
}

/** Counts Unicode code points, as every length limit of the API does. */
export function checkLength(label: string, text: string, max: number): void {
  if (text.length > max && codePoints(text) > max) {
    throw new InvalidParameterError(`'${label}' exceeds the maximum length of ${max} characters`);
  }
}

/** The first `max` code points. */
export function truncate(text: string, max: number): string {
  return text.length <= max ? text : Array.from(text).slice(0, max).join('');
}

export function invalid(label: string, value: unknown, why: string): InvalidParameterError {
  return new InvalidParameterError(`Invalid value ${JSON.stringify(value)} for parameter '${label}' supplied: ${why}`);
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

function isPathNormal(key: string): boolean {
  if (key.startsWith('..') || key === '.') return false;
  return !key.includes('/') || !key.split('/').some((part) => part === '' || part === '.' || part === '..');
}

function normalised(key: string): string {
  const kept: string[] = [];
  for (const part of key.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else kept.push(part);
  }
  return (key.startsWith('/') ? '/' : '') + kept.join('/') || '.';
}
