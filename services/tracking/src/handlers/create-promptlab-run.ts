import type { Handlers } from '@millrace/platform/contract/operation';
import { InvalidParameterError } from '@millrace/platform/errors';
import type { CreatePromptlabRunRequest, PromptlabService } from '@millrace/proto/tracking/v1/promptlab';
import type { Deps } from '../domain/deps.ts';
import { experimentId } from '../domain/ids.ts';
import { createPromptlabRun as create } from '../domain/promptlab-runs.ts';
import { safe } from './int64.ts';
import { runMessage } from './run-message.ts';

const VERSION = /^[\w.+!-]{1,50}$/;

export const createPromptlabRun =
  (deps: Deps): Handlers<typeof PromptlabService>['createPromptlabRun'] =>
  async (request, context) => {
    checkRequired(request);
    const run = {
      experimentId: experimentId(request.experimentId),
      name: request.runName,
      userId: request.userId ?? 'unknown',
      startTimeMs: request.startTime === undefined ? Date.now() : safe('start_time', request.startTime),
      tags: request.tags,
    };
    return { run: runMessage(await create(deps, context, run, request)) };
  };

/** One by one, as MLflow reports them. The version becomes a line in a list of packages to install. */
function checkRequired(request: CreatePromptlabRunRequest): void {
  const given: readonly (readonly [string, { readonly length: number }])[] = [
    ['experiment_id', request.experimentId],
    ['prompt_template', request.promptTemplate],
    ['prompt_parameters', request.promptParameters],
    ['model_route', request.modelRoute],
    ['model_input', request.modelInput],
    ['mlflow_version', request.mlflowVersion],
  ];
  const missing = given.find(([, { length }]) => length === 0);
  if (missing) throw new InvalidParameterError(`CreatePromptlabRun request must specify ${missing[0]}.`);
  if (!VERSION.test(request.mlflowVersion))
    throw new InvalidParameterError(`Invalid value for parameter 'mlflow_version' supplied: It must be a version.`);
}
