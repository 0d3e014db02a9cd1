import type { Context } from '@millrace/platform/contract/context';
import type { Origin } from './origin.ts';

export type LoggedModel = { readonly artifactUri: string; readonly sourceRunId: string };
export type RunOrigin = Omit<Origin, 'loggedModelId'> & { readonly artifactUri: string };

/** What versions come from, as the tracking service knows it. All throw UnavailableError while it is away. */
export type Lineage = {
  /** Undefined where the caller may read no such run. Gives up soon: most things can be done without the answer. */
  readonly run: (runId: string, context: Context) => Promise<RunOrigin | undefined>;
  /** Throws NotFoundError. */
  readonly loggedModel: (modelId: string, context: Context) => Promise<LoggedModel>;
};
