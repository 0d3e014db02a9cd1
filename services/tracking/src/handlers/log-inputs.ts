import type { Handlers } from '@millrace/platform/contract/operation';
import type { DatasetInput as Message } from '@millrace/proto/tracking/v1/entities';
import type { RunService } from '@millrace/proto/tracking/v1/runs';
import type { Deps } from '../domain/deps.ts';
import { wellFormedRunId } from '../domain/ids.ts';
import { logInputs as log } from '../domain/inputs.ts';
import type { DatasetInput } from '../domain/run.ts';

export const logInputs =
  (deps: Deps): Handlers<typeof RunService>['logInputs'] =>
  async (request, context) => {
    const models = request.models.map(({ modelId }) => modelId);
    await log(deps, context, wellFormedRunId(request.runId), request.datasets.map(datasetInput), models);
    return {};
  };

function datasetInput({ dataset, tags }: Message): DatasetInput {
  return {
    name: dataset?.name ?? '',
    digest: dataset?.digest ?? '',
    sourceType: dataset?.sourceType ?? '',
    source: dataset?.source ?? '',
    schema: dataset?.schema ?? null,
    profile: dataset?.profile ?? null,
    tags: tags.map(({ key, value }) => ({ key, value })),
  };
}
