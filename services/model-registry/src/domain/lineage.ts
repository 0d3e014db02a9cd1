import type { Context } from '@millrace/platform/contract/context';
import type { Origin } from './origin.ts';

export type LoggedModel = { readonly artifactUri: string; readonly sourceRunId: string };
export type RunOrigin = Omit<Origin, 'loggedModelId'>;

/** What versions come from, as the tracking service knows it. All throw NotFoundError, and UnavailableError while it is away. */
export type Lineage = {
  readonly runArtifactUri: (runId: string, context: Context) => Promise<string>;
  /** Gives up soon: nobody is refused anything for want of it. */
  readonly runOrigin: (runId: string, context: Context) => Promise<RunOrigin>;
  readonly loggedModel: (modelId: string, context: Context) => Promise<LoggedModel>;
};
