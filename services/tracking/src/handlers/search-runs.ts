import type { Handlers } from '@millrace/platform/contract/operation';
import type { RunService } from '@millrace/proto/tracking/v1/runs';
import type { Deps } from '../domain/deps.ts';
import { experimentId } from '../domain/ids.ts';
import { searchRuns as search } from '../domain/search-runs.ts';
import { view } from './experiment-message.ts';
import { runMessage } from './run-message.ts';

const DEFAULT_MAX_RESULTS = 1000;

/** As MLflow, without the models a run took in: only `runs/get` has them. */
export const searchRuns =
  (deps: Deps): Handlers<typeof RunService>['searchRuns'] =>
  async ({ experimentIds, filter, runViewType, maxResults, orderBy, pageToken }, context) => {
    const { runs, nextPageToken } = await search(deps, context, {
      experiments: experimentIds.map(experimentId),
      filter,
      orderBy,
      view: view(runViewType),
      maxResults: maxResults ?? DEFAULT_MAX_RESULTS,
      pageToken,
    });
    return {
      runs: runs.map((run) => runMessage({ ...run, modelInputs: [] })),
      ...(nextPageToken && { nextPageToken }),
    };
  };
