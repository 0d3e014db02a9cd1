import { grpcClient } from '@millrace/platform/contract/grpc-client';
import { AppError, InternalError, UnavailableError } from '@millrace/platform/errors';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import { LoggedModelService } from '@millrace/proto/tracking/v1/logged_models';
import { type GetRunResponse, RunService } from '@millrace/proto/tracking/v1/runs';
import type { Lineage, RunOrigin } from './domain/lineage.ts';

const DEADLINE_MS = 10_000;
/** For what a version can be made without. */
const SHORT_DEADLINE_MS = 1_000;
/** After tracking has failed to answer, for so long nobody waits for it again where it is not needed. */
const REST_MS = 5_000;
const GIT_COMMIT = 'mlflow.source.git.commit';
const MAX_DATASETS_BYTES = 2_000;

/** Asks the tracking service, on behalf of whoever called us. */
export function trackingLineage(address: string, lifecycle: Lifecycle): Lineage {
  const runs = grpcClient(RunService, address, { deadlineMs: DEADLINE_MS });
  const runsSoon = grpcClient(RunService, address, { deadlineMs: SHORT_DEADLINE_MS });
  const loggedModels = grpcClient(LoggedModelService, address, { deadlineMs: DEADLINE_MS });
  lifecycle.onClose('tracking client', () => {
    for (const client of [runs, runsSoon, loggedModels]) client.close();
  });
  let restsUntil = 0;
  return {
    async runArtifactUri(runId, context) {
      const { run } = await answered(runs.getRun({ runId }, context));
      if (!run?.info) throw incomplete('run', runId);
      return run.info.artifactUri;
    },
    async runOrigin(runId, context) {
      if (performance.now() < restsUntil) throw new UnavailableError('The tracking service did not answer just now.');
      try {
        return originOf(await answered(runsSoon.getRun({ runId }, context)));
      } catch (error) {
        if (error instanceof AppError && error.isFault) restsUntil = performance.now() + REST_MS;
        throw error;
      }
    },
    async loggedModel(modelId, context) {
      const { model } = await answered(loggedModels.getLoggedModel({ modelId }, context));
      if (!model?.info) throw incomplete('logged model', modelId);
      const { artifactUri, sourceRunId } = model.info;
      return { artifactUri, sourceRunId };
    },
  };
}

function originOf({ run }: GetRunResponse): RunOrigin {
  const datasets = (run?.inputs?.datasetInputs ?? []).flatMap(({ dataset }) => dataset ?? []);
  return {
    experimentId: run?.info?.experimentId ?? '',
    gitCommit: run?.data?.tags.find(({ key }) => key === GIT_COMMIT)?.value.slice(0, 200) ?? '',
    datasets: fitting(datasets.map(({ name, digest }) => `${name}@${digest}`)).join(','),
  };
}

/** As many as fit; a run may have read thousands. */
function fitting(texts: readonly string[]): string[] {
  let bytes = 0;
  return texts.filter((text) => {
    bytes += Buffer.byteLength(text) + 1;
    return bytes <= MAX_DATASETS_BYTES;
  });
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
