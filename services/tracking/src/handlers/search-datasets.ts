import type { Handlers } from '@millrace/platform/contract/operation';
import type { ExperimentService } from '@millrace/proto/tracking/v1/experiments';
import type { Deps } from '../domain/deps.ts';
import { searchDatasets as search } from '../domain/search-datasets.ts';

export const searchDatasets =
  (deps: Deps): Handlers<typeof ExperimentService>['searchDatasets'] =>
  async ({ experimentIds }, context) => {
    const found = await search(deps, context, experimentIds);
    const datasetSummaries = found.map(({ experiment, name, digest, context: usedFor }) => ({
      experimentId: String(experiment),
      name,
      digest,
      ...(usedFor !== null && { context: usedFor }),
    }));
    return { datasetSummaries };
  };
