import type { Context } from '@millrace/platform/contract/context';
import { AppError } from '@millrace/platform/errors';
import type { Deps } from './deps.ts';
import type { RunOrigin } from './lineage.ts';

/** What a version came from, beside its run. Empty: none, or not known. */
export type Origin = {
  readonly experimentId: string;
  readonly gitCommit: string;
  readonly loggedModelId: string;
  /** name@digest of each, separated by commas. */
  readonly datasets: string;
};

export const NO_ORIGIN: Origin = { experimentId: '', gitCommit: '', loggedModelId: '', datasets: '' };

/** A run as far as it is known; `failure` says why tracking could not be asked. */
export type AskedRun = { readonly run?: RunOrigin | undefined; readonly failure?: AppError };

/** Never fails for what the tracking service cannot answer: a version can be made while it is away, and from runs it does not know. */
export async function askForRun(
  { lineage }: Pick<Deps, 'lineage'>,
  context: Context,
  runId: string,
): Promise<AskedRun> {
  if (runId === '') return {};
  try {
    return { run: await lineage.run(runId, context) };
  } catch (failure) {
    if (failure instanceof AppError) return { failure };
    throw failure;
  }
}

export function originFrom({ run }: AskedRun, loggedModelId: string): Origin {
  if (!run) return { ...NO_ORIGIN, loggedModelId };
  const { experimentId, gitCommit, datasets } = run;
  return { experimentId, gitCommit, datasets, loggedModelId };
}
