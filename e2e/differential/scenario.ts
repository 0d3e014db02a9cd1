import { randomOf } from '../kill/random.ts';
import { mutations } from './mutations.ts';
import { REGISTRY_ENDPOINTS, REGISTRY_GROUND } from './registry-endpoints.ts';
import type { Request } from './request.ts';
import { apart } from './scenario/apart.ts';
import { experimentSearch } from './scenario/experiment-search.ts';
import { experiments } from './scenario/experiments.ts';
import { logging } from './scenario/logging.ts';
import { modelVersions, versionsApart } from './scenario/model-versions.ts';
import { modelSearch, models } from './scenario/models.ts';
import { registeredModels } from './scenario/registered-models.ts';
import { registrySearch } from './scenario/registry-search.ts';
import { runSearch } from './scenario/run-search.ts';
import { runs } from './scenario/runs.ts';
import { webhooks } from './scenario/webhooks.ts';
import { wire } from './scenario/wire.ts';
import { TRACKING_ENDPOINTS, TRACKING_GROUND } from './tracking-endpoints.ts';

const SEED = 1;
const IN_PAIRS = 400;

/** The same requests at every call, in an order that counts: what one makes, later ones name. */
export function scenario(): Request[] {
  return [
    ...[experiments, models, runs, logging, runSearch, experimentSearch, modelSearch, wire].flat(),
    ...TRACKING_GROUND,
    ...mutations(TRACKING_ENDPOINTS, randomOf(SEED), IN_PAIRS),
    ...apart,
    ...[registeredModels, modelVersions, registrySearch].flat(),
    ...REGISTRY_GROUND,
    ...webhooks,
    ...mutations(REGISTRY_ENDPOINTS, randomOf(SEED), IN_PAIRS / 2),
    ...versionsApart,
  ];
}
