import { posix } from 'node:path';

/** MLflow keeps names and tag keys such that they could be relative paths of files and mean no other file. */
export function normalPath(text: string): boolean {
  return text !== '.' && !text.startsWith('..') && !text.startsWith('/') && normalised(text) === text;
}

export function pathMessage(field: string, text: string): string {
  return (
    `Invalid value "${text}" for parameter '${field}' supplied: Names may be treated as files in certain cases, and must not ` +
    `resolve to other names when treated as such. This name would resolve to '${normalised(text)}'`
  );
}

function normalised(text: string): string {
  const path = posix.normalize(text);
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}
