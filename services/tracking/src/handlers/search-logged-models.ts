import type { Handlers } from '@millrace/platform/contract/operation';
import type { LoggedModelService } from '@millrace/proto/tracking/v1/logged_models';
import type { Deps } from '../domain/deps.ts';
import { searchModels } from '../domain/logged-model-search.ts';
import { modelMessage } from './logged-model-message.ts';

/** A data set's digest that is absent or empty means any digest. */
export const searchLoggedModels =
  (deps: Deps): Handlers<typeof LoggedModelService>['searchLoggedModels'] =>
  async ({ experimentIds, filter, datasets, maxResults, orderBy, pageToken }, context) => {
    const { models, nextPageToken } = await searchModels(deps, context, {
      experimentIds,
      filter,
      datasets: datasets.map(({ datasetName, datasetDigest }) => ({
        name: datasetName,
        digest: datasetDigest || null,
      })),
      orderBy: orderBy.map(({ fieldName, ascending, datasetName, datasetDigest }) => ({
        fieldName,
        ascending: ascending ?? true,
        datasetName: datasetName || null,
        datasetDigest: datasetDigest || null,
      })),
      maxResults: maxResults ?? 0,
      pageToken,
    });
    return { models: models.map(modelMessage), ...(nextPageToken && { nextPageToken }) };
  };
