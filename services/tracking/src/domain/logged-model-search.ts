import type { Context } from '@millrace/platform/contract/context';
import { InvalidParameterError } from '@millrace/platform/errors';
import { listModels, type ModelDataset } from '../store/logged-model-search.ts';
import type { Deps } from './deps.ts';
import { experimentId } from './ids.ts';
import type { LoggedModel } from './logged-model.ts';
import { type ModelCondition, modelConditions } from './logged-model-filter.ts';
import { type ModelOrder, modelOrders } from './logged-model-order.ts';
import { type BoundQuery, readPageToken, writePageToken } from './logged-model-page-token.ts';
import { checkMaxResults } from './search-runs.ts';
import { inSearchTime } from './search-time.ts';

const DEFAULT_RESULTS = 50;
const MAX_RESULTS = 1000;

export type ModelSearch = BoundQuery & {
  readonly datasets: readonly ModelDataset[];
  /** 0 asks for the default. A larger page than this server gives is answered with a smaller one and a token. */
  readonly maxResults: number;
  readonly pageToken: string;
};

export type ModelPage = { readonly models: readonly LoggedModel[]; readonly nextPageToken: string | undefined };

/** One page of the models that are not deleted, newest first where the order says nothing else. */
export async function searchModels(deps: Deps, context: Context, search: ModelSearch): Promise<ModelPage> {
  const { workspace, readable } = context;
  const limit = Math.min(search.maxResults || DEFAULT_RESULTS, MAX_RESULTS);
  checkMaxResults(limit, MAX_RESULTS);
  for (const dataset of search.datasets) checkDataset(dataset);
  const conditions = modelConditions(search.filter);
  const orders = modelOrders(search.orderBy);
  const offset = readPageToken(search.pageToken, search);
  const ids = search.experimentIds.map(experimentId);
  const experiments = readable ? ids.filter((id) => readable(String(id))) : ids;
  if (experiments.length === 0) return { models: [], nextPageToken: undefined };
  const metricKeys = await deps.keys.find(workspace, metricsIn(conditions, orders));
  const query = { experiments, conditions, datasets: search.datasets, orders, metricKeys, limit: limit + 1, offset };
  const models = await inSearchTime(deps, (db) => listModels(db, workspace, query));
  const more = models.length > limit;
  return {
    models: more ? models.slice(0, limit) : models,
    nextPageToken: more ? writePageToken(offset + limit, search) : undefined,
  };
}

function checkDataset({ name }: ModelDataset): void {
  if (name === '') throw new InvalidParameterError('`dataset_name` in the `datasets` clause must be specified.');
}

function metricsIn(conditions: readonly ModelCondition[], orders: readonly ModelOrder[]): string[] {
  return [...conditions, ...orders].filter(({ on }) => on === 'metric').map(({ key }) => key);
}
