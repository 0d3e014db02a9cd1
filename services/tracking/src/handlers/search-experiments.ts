import type { Handlers } from '@millrace/platform/contract/operation';
import type { ExperimentService } from '@millrace/proto/tracking/v1/experiments';
import type { Deps } from '../domain/deps.ts';
import { searchExperiments as search } from '../domain/search-experiments.ts';
import { experimentMessage, view } from './experiment-message.ts';

export const searchExperiments =
  (deps: Deps): Handlers<typeof ExperimentService>['searchExperiments'] =>
  async ({ filter, orderBy, viewType, maxResults, pageToken }, context) => {
    const wanted = { filter, orderBy, view: view(viewType), maxResults: Number(maxResults), pageToken };
    const { experiments, nextPageToken } = await search(deps, context, wanted);
    return { experiments: experiments.map(experimentMessage), ...(nextPageToken && { nextPageToken }) };
  };
