import type { Context } from '@millrace/platform/contract/context';
import { AppError } from '@millrace/platform/errors';
import type { Lineage, RunOrigin } from './lineage.ts';

/** What a version came from, beside its run. Empty: none, or not known. */
export type Origin = Omit<RunOrigin, 'artifactUri'> & { readonly loggedModelId: string };

export const NO_ORIGIN: Origin = { experimentId: '', gitCommit: '', loggedModelId: '', datasets: '' };

/** A run as far as it is known; `failure` says why tracking could not be asked. */
export type AskedRun = { readonly run?: RunOrigin | undefined; readonly failure?: AppError };

/** Never fails for what the tracking service cannot answer: a version can be made while it is away, and from runs it does not know. */
export async function askForRun(
  { lineage }: { readonly lineage: Pick<Lineage, 'run'> },
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
