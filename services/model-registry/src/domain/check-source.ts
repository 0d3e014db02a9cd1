import { posix } from 'node:path';
import { InvalidParameterError } from '@millrace/platform/errors';
import { isLocal, localPath, percentDecoded, splitUri } from './source-uri.ts';

/** What MLflow's clients and its server put where a prompt, whose text is in a tag, has no source. */
const PROMPT_SOURCES: readonly string[] = ['dummy-source', 'prompt-template'];

/** Nothing else: whoever marks a version as a prompt must not get around the rules for sources. Throws InvalidParameterError. */
export function checkPromptSource(source: string): void {
  if (PROMPT_SOURCES.includes(source)) return;
  throw new InvalidParameterError(
    `Invalid prompt source: '${source}'. A prompt has its text in a tag, and '${PROMPT_SOURCES.join("' or '")}' as its source; ` +
      'Local source paths are not allowed for prompts.',
  );
}

/** Throws InvalidParameterError unless a local source lies in the folder, which may be local or not, of its run or logged model. */
export function checkLocalSource(source: string, home: string | undefined): void {
  const path = localPath(source);
  const folder = home !== undefined && isLocal(home) ? localPath(home) : undefined;
  if (path && folder && isInside(path, folder)) return;
  throw invalidSource(
    source,
    'To use a local path as a model version source, the run_id request parameter has to be specified and the local path has to ' +
      'be contained within the artifact directory of the run specified by the run_id.',
  );
}

function isInside(path: string, folder: string): boolean {
  const [inner, outer] = [posix.resolve(path), posix.resolve(folder)];
  return inner === outer || inner.startsWith(outer === '/' ? '/' : `${outer}/`);
}

/**
 * A path that means something else to whoever resolves it, however many times it is decoded on the way, is refused. Throws
 * InvalidParameterError.
 */
export function checkRemoteSource(source: string): void {
  const decoded = fullyDecoded(source);
  const path = splitUri(decoded).path.replace(/\/+$/, '').replace(/\/+/g, '/');
  const steps = decoded.split('/').includes('..');
  if (!steps && !decoded.includes('\0') && path.startsWith('/') && posix.resolve(path) === path) return;
  throw invalidSource(
    source,
    'If supplying a source as an http, https, local file path, ftp, objectstore, or mlflow-artifacts uri, an absolute path must ' +
      'be provided without relative path references present. Please provide an absolute path.',
  );
}

function fullyDecoded(text: string): string {
  for (let now = text; ; ) {
    const next = percentDecoded(now.replaceAll('+', ' '));
    if (next === now) return now;
    now = next;
  }
}

/** What the source lies in is not what the request says it came from. */
export function notOf(source: string, parameter: 'run_id' | 'model_id'): InvalidParameterError {
  return invalidSource(
    source,
    `The ${parameter} request parameter must identify the resource that contains the source.`,
  );
}

export function invalidSource(source: string, why: string): InvalidParameterError {
  return new InvalidParameterError(`Invalid model version source: '${source}'. ${why}`);
}
