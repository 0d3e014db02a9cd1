import type { Context } from '@millrace/platform/contract/context';
import { AppError } from '@millrace/platform/errors';
import type { Deps } from './deps.ts';

/** What a version came from, beside its run. Empty: none, or not known. */
export type Origin = {
  readonly experimentId: string;
  readonly gitCommit: string;
  readonly loggedModelId: string;
  /** name@digest of each, separated by commas. */
  readonly datasets: string;
};

export const NO_ORIGIN: Origin = { experimentId: '', gitCommit: '', loggedModelId: '', datasets: '' };

/** After these there is no point in asking again. */
const ANSWERS: ReadonlySet<string> = new Set([
  'RESOURCE_DOES_NOT_EXIST',
  'INVALID_PARAMETER_VALUE',
  'PERMISSION_DENIED',
]);

/** `pending`: tracking could not be asked; see `fillOrigins`. */
export type Found = { readonly origin: Origin; readonly pending: boolean };

/** Never fails for what the tracking service cannot answer: a version can be made while it is away, and from runs it does not know. */
export async function findOrigin(
  { lineage }: Pick<Deps, 'lineage'>,
  context: Context,
  { runId, loggedModelId }: { readonly runId: string; readonly loggedModelId: string },
): Promise<Found> {
  const origin = { ...NO_ORIGIN, loggedModelId };
  if (runId === '') return { origin, pending: false };
  try {
    return { origin: { ...origin, ...(await lineage.runOrigin(runId, context)) }, pending: false };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { origin, pending: !ANSWERS.has(error.code) };
  }
}
