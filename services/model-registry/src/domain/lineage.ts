import type { Context } from '@millrace/platform/contract/context';

export type LoggedModel = { readonly artifactUri: string; readonly sourceRunId: string };

/** What versions come from, as the tracking service knows it. Both throw NotFoundError, and UnavailableError while it is away. */
export type Lineage = {
  readonly runArtifactUri: (runId: string, context: Context) => Promise<string>;
  readonly loggedModel: (modelId: string, context: Context) => Promise<LoggedModel>;
};
