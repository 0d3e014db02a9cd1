import type { Context } from '@millrace/platform/contract/context';

export type LoggedModel = { readonly artifactUri: string; readonly sourceRunId: string };
export type RunOrigin = {
  readonly experimentId: string;
  readonly artifactUri: string;
  readonly gitCommit: string;
  /** name@digest of each, separated by commas. */
  readonly datasets: string;
};

/** What versions come from, as the tracking service knows it. All throw UnavailableError while it is away. */
export type Lineage = {
  /** Undefined where the caller may read no such run. Gives up soon: most things can be done without the answer. */
  readonly run: (runId: string, context: Context) => Promise<RunOrigin | undefined>;
  /** Throws NotFoundError. */
  readonly loggedModel: (modelId: string, context: Context) => Promise<LoggedModel>;
};
