import type { Context } from '@millrace/platform/contract/context';
import { InvalidParameterError } from '@millrace/platform/errors';
import { listModels } from '../store/search-models.ts';
import { listVersions } from '../store/search-versions.ts';
import { promptRule } from './conditions.ts';
import type { Deps } from './deps.ts';
import { fillPage, type TokenPage } from './fill-page.ts';
import type { ModelVersion, RegisteredModel } from './model.ts';
import { modelConditions, modelOrders } from './model-filter.ts';
import { versionConditions, versionOrders } from './version-filter.ts';

export type Search = {
  readonly filter: string;
  readonly orderBy: readonly string[];
  readonly maxResults: number;
  readonly pageToken: string;
};

const MAX_MODELS = 1_000;
const MAX_VERSIONS = 200_000;

export async function searchModels(deps: Deps, context: Context, search: Search): Promise<TokenPage<RegisteredModel>> {
  checkMaxResults(search.maxResults, MAX_MODELS);
  const query = { ...promptRule(modelConditions(search.filter)), orders: modelOrders(search.orderBy) };
  return fillPage(
    search,
    (limit, offset) => listModels(deps.pool, context.workspace, { ...query, limit, offset }, deps.stages.known),
    byName(context),
  );
}

/** A page may have fewer than the versions asked for and still be followed by another: see `readPage`. */
export async function searchVersions(deps: Deps, context: Context, search: Search): Promise<TokenPage<ModelVersion>> {
  checkMaxResults(search.maxResults, MAX_VERSIONS);
  const query = { ...promptRule(versionConditions(search.filter)), orders: versionOrders(search.orderBy) };
  return fillPage(
    search,
    (limit, offset) => listVersions(deps.pool, context.workspace, { ...query, limit, offset }),
    byName(context),
  );
}

function byName({ readable }: Context): ((item: { readonly name: string }) => boolean) | undefined {
  return readable && (({ name }) => readable(name));
}

function checkMaxResults(given: number, max: number): void {
  if (given < 1) {
    throw new InvalidParameterError(`Invalid value for max_results. It must be a positive integer, but got ${given}`);
  }
  if (given > max) {
    throw new InvalidParameterError(
      `Invalid value "${given}" for parameter 'max_results' supplied: it must be at most ${max}.`,
    );
  }
}
