import type { Context } from '@millrace/platform/contract/context';
import { type AppError, InvalidParameterError, NotImplementedError } from '@millrace/platform/errors';
import type { Deps } from './deps.ts';
import { runId, runNotFound } from './ids.ts';
import { modelNotFound } from './logged-model-not-found.ts';
import { getModelInfo } from './logged-models.ts';
import { getRunInfo } from './runs.ts';
import { safePath } from './safe-path.ts';

const MAX_EXPIRATION_S = 604_800;
const PROXIED = ['mlflow-artifacts', 'http', 'https'];

/** Of a run or a logged model; the other one is ''. */
export type UploadOwner = { readonly run: string; readonly model: string };

/**
 * Always ends in an error, MLflow's for the case: artifacts in our own store go through the artifact proxy, and of other
 * stores this server has no credentials to sign with.
 */
export async function presignUpload(deps: Deps, context: Context, owner: UploadOwner, path: string): Promise<never> {
  if ((owner.run === '') === (owner.model === '')) {
    throw new InvalidParameterError('Exactly one of run_id and model_id must be provided.');
  }
  safePath(path);
  const scheme = schemeOf(await writableRoot(deps, context, owner));
  if (!PROXIED.includes(scheme)) throw unsupported('upload');
  throw new InvalidParameterError(
    `Presigned upload is not supported for proxied artifact storage (artifact URI scheme: ${scheme}). ` +
      'This endpoint requires a direct cloud storage artifact URI.',
  );
}

async function writableRoot(deps: Deps, context: Context, { run, model }: UploadOwner): Promise<string> {
  const { artifactUri, experimentId } = run
    ? await getRunInfo(deps, context, runId(run))
    : await getModelInfo(deps, context, model);
  const { readable } = context;
  if (readable && !readable(String(experimentId))) throw run ? runNotFound(run) : modelNotFound(model);
  return artifactUri;
}

/** As presignUpload. */
export async function presignDownload(
  deps: Deps,
  context: Context,
  run: string,
  path: string,
  expirationSeconds: bigint | undefined,
): Promise<never> {
  safePath(path);
  if (expirationSeconds !== undefined && (expirationSeconds < 1n || expirationSeconds > MAX_EXPIRATION_S)) {
    throw new InvalidParameterError(
      `expiration must be between 1 and ${MAX_EXPIRATION_S} seconds (got ${expirationSeconds}).`,
    );
  }
  const scheme = schemeOf((await getRunInfo(deps, context, runId(run))).artifactUri);
  if (!PROXIED.includes(scheme)) throw unsupported('download');
  throw new InvalidParameterError(
    `Presigned download is not supported for runs with proxied artifact storage (artifact URI scheme: ${scheme}). ` +
      'This endpoint requires a run with a direct cloud storage artifact URI.',
  );
}

const schemeOf = (uri: string) => /^[a-z][a-z0-9+.-]*(?=:)/i.exec(uri)?.[0].toLowerCase() ?? '';

const unsupported = (transfer: string): AppError =>
  new NotImplementedError(`Presigned ${transfer} is not supported for the current artifact repository`);
