import { posix } from 'node:path';
import type { Context } from '@millrace/platform/contract/context';
import { InvalidParameterError } from '@millrace/platform/errors';
import type { Deps } from './deps.ts';
import { checkLength } from './lengths.ts';
import type { Lineage } from './lineage.ts';
import { invalidSource, isLocal, localPath, percentDecoded, splitUri } from './source-uri.ts';

export type SourceClaim = {
  readonly source: string;
  readonly runId: string;
  readonly modelId: string;
  readonly isPrompt: boolean;
};

/** Throws where a version may not have this source, or where the run or logged model it must lie in cannot be asked for. */
export async function checkSource(deps: Deps, context: Context, claim: SourceClaim): Promise<void> {
  const { source } = claim;
  checkLength('source', source);
  if (deps.sourcePattern && !deps.sourcePattern.test(source)) {
    throw new InvalidParameterError('Invalid model version source. It does not match what this server accepts.');
  }
  if (claim.isPrompt) checkPromptSource(source);
  else if (isLocal(source)) await checkLocalSource(deps, context, claim);
  else checkRemoteSource(source);
}

/** The text of a prompt is in a tag; its source only has to be no path. */
function checkPromptSource(source: string): void {
  const { scheme } = splitUri(source);
  if (scheme === 'file' || (scheme === '' && source.startsWith('/'))) {
    throw new InvalidParameterError(
      `Invalid prompt source: '${source}'. Local source paths are not allowed for prompts.`,
    );
  }
  if (scheme !== '') checkRemoteSource(source);
}

async function checkLocalSource({ lineage }: Deps, context: Context, claim: SourceClaim): Promise<void> {
  const { source } = claim;
  const path = localPath(source);
  const home = path && (await homeOf(lineage, context, claim));
  if (path && home && isInside(path, home)) return;
  throw invalidSource(
    source,
    'To use a local path as a model version source, the run_id request parameter has to be specified and the local path has to ' +
      'be contained within the artifact directory of the run specified by the run_id.',
  );
}

/** The folder of the logged model or run that the version is said to come from, if that is local too. */
async function homeOf(
  lineage: Lineage,
  context: Context,
  { runId, modelId }: SourceClaim,
): Promise<string | undefined> {
  if (modelId === '' && runId === '') return undefined;
  const uri = modelId
    ? (await lineage.loggedModel(modelId, context)).artifactUri
    : await lineage.runArtifactUri(runId, context);
  return isLocal(uri) ? localPath(uri) : undefined;
}

function isInside(path: string, folder: string): boolean {
  const [inner, outer] = [posix.resolve(path), posix.resolve(folder)];
  return inner === outer || inner.startsWith(outer === '/' ? '/' : `${outer}/`);
}

/** A path that means something else to whoever resolves it, however many times it is decoded on the way, is refused. */
function checkRemoteSource(source: string): void {
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
