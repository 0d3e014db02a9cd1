import { Coalescer } from '@millrace/platform/coalescer';
import type { Context } from '@millrace/platform/contract/context';
import { grpcClient } from '@millrace/platform/contract/grpc-client';
import { type AppError, InternalError, toAppError } from '@millrace/platform/errors';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import { LoggedModelService } from '@millrace/proto/tracking/v1/logged_models';
import { type RunOrigin as RunOriginMessage, RunOriginService } from '@millrace/proto/tracking/v1/run_origins';
import type { Lineage, RunOrigin } from './domain/lineage.ts';
import { answered, restAfterFaults } from './rest-after-faults.ts';

const SERVICE = 'tracking service';
const DEADLINE_MS = 10_000;
/** For what a version can be made without. */
const SHORT_DEADLINE_MS = 1_000;
const MAX_DATASETS_BYTES = 2_000;
const MAX_RUN_IDS = 100;
const QUEUE = { name: 'run-origins', maxFlush: MAX_RUN_IDS, maxQueue: 10_000, maxInFlight: 4 };

/** Asks the tracking service, on behalf of whoever called us. */
export function trackingLineage(address: string, lifecycle: Lifecycle): Lineage {
  const loggedModels = grpcClient(LoggedModelService, address, { deadlineMs: DEADLINE_MS });
  lifecycle.onClose('tracking client', () => loggedModels.close());
  return {
    run: runOrigins(address, lifecycle),
    async loggedModel(modelId, context) {
      const { model } = await answered(SERVICE, loggedModels.getLoggedModel({ modelId }, context));
      if (!model?.info) throw incomplete('logged model', modelId);
      const { artifactUri, sourceRunId } = model.info;
      return { artifactUri, sourceRunId };
    },
  };
}

type Question = { readonly runId: string; readonly context: Context };
type Reply = { readonly run?: RunOrigin | undefined; readonly failure?: AppError };

/** Those who ask while an answer is under way share the next question, if they ask for the same caller. */
function runOrigins(address: string, lifecycle: Lifecycle): Lineage['run'] {
  const client = grpcClient(RunOriginService, address, { deadlineMs: SHORT_DEADLINE_MS });
  lifecycle.onClose('run origin client', () => client.close());
  const unlessAway = restAfterFaults(SERVICE);
  const ask = async (questions: readonly Question[], { actor, workspace }: Context): Promise<Reply[]> => {
    const runIds = [...new Set(questions.map(({ runId }) => runId))];
    try {
      const { origins } = await unlessAway(() => client.listRunOrigins({ runIds }, { actor, workspace }));
      const byId = new Map(origins.map((origin) => [origin.runId, originOf(origin)]));
      return questions.map(({ runId }) => ({ run: byId.get(runId) }));
    } catch (error) {
      const failure = toAppError(error);
      return questions.map(() => ({ failure }));
    }
  };
  const flush = (questions: readonly Question[]) => byCaller(questions, ask);
  const queue = new Coalescer<Question, Reply>({ ...QUEUE, weigh: () => 1, flush }, lifecycle);
  return async (runId, context) => {
    const { run, failure } = await queue.submit({ runId, context });
    if (failure && failure.code !== 'PERMISSION_DENIED') throw failure;
    return run;
  };
}

async function byCaller(
  questions: readonly Question[],
  ask: (questions: readonly Question[], context: Context) => Promise<Reply[]>,
): Promise<Reply[]> {
  const groups = Map.groupBy(questions, ({ context }) => JSON.stringify([context.workspace, context.actor]));
  const replies = new Map<Question, Reply>();
  await Promise.all(
    [...groups.values()].map(async (group) => {
      const [first] = group;
      const answers = first ? await ask(group, first.context) : [];
      for (const [i, question] of group.entries()) replies.set(question, answers[i] ?? {});
    }),
  );
  return questions.map((question) => replies.get(question) ?? {});
}

function originOf({ experimentId, artifactUri, gitCommit, datasets }: RunOriginMessage): RunOrigin {
  return {
    experimentId,
    artifactUri,
    gitCommit: gitCommit.slice(0, 200),
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

function incomplete(what: string, id: string): InternalError {
  return new InternalError(new Error(`the tracking service answered without the info of ${what} ${id}`));
}
