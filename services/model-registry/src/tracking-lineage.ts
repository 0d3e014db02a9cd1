import { grpcClient } from '@millrace/platform/contract/grpc-client';
import { AppError, InternalError, UnavailableError } from '@millrace/platform/errors';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import { LoggedModelService } from '@millrace/proto/tracking/v1/logged_models';
import { RunService } from '@millrace/proto/tracking/v1/runs';
import type { Lineage } from './domain/lineage.ts';

const DEADLINE_MS = 10_000;

/** Asks the tracking service, on behalf of whoever called us. */
export function trackingLineage(address: string, lifecycle: Lifecycle): Lineage {
  const runs = grpcClient(RunService, address, { deadlineMs: DEADLINE_MS });
  const loggedModels = grpcClient(LoggedModelService, address, { deadlineMs: DEADLINE_MS });
  lifecycle.onClose('tracking client', () => {
    runs.close();
    loggedModels.close();
  });
  return {
    async runArtifactUri(runId, context) {
      const { run } = await answered(runs.getRun({ runId }, context));
      if (!run?.info) throw incomplete('run', runId);
      return run.info.artifactUri;
    },
    async loggedModel(modelId, context) {
      const { model } = await answered(loggedModels.getLoggedModel({ modelId }, context));
      if (!model?.info) throw incomplete('logged model', modelId);
      const { artifactUri, sourceRunId } = model.info;
      return { artifactUri, sourceRunId };
    },
  };
}

/** A tracking service that is too slow is as good as away: the caller may try again. */
async function answered<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'DEADLINE_EXCEEDED') throw error;
    throw new UnavailableError('The tracking service did not answer in time. Try again.', { cause: error });
  }
}

function incomplete(what: string, id: string): InternalError {
  return new InternalError(new Error(`the tracking service answered without the info of ${what} ${id}`));
}
