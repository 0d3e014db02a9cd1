import { randomOf } from '../kill/random.ts';
import { mutations } from './mutations.ts';
import type { Request } from './request.ts';
import { apart } from './scenario/apart.ts';
import { experimentSearch } from './scenario/experiment-search.ts';
import { experiments } from './scenario/experiments.ts';
import { logging } from './scenario/logging.ts';
import { modelSearch, models } from './scenario/models.ts';
import { runSearch } from './scenario/run-search.ts';
import { runs } from './scenario/runs.ts';
import { wire } from './scenario/wire.ts';

const SEED = 1;
const IN_PAIRS = 400;

/** The same requests at every call, in an order that counts: what one makes, later ones name. */
export function scenario(): Request[] {
  return [
    ...[experiments, models, runs, logging, runSearch, experimentSearch, modelSearch, wire].flat(),
    ...mutations(randomOf(SEED), IN_PAIRS),
    ...apart,
  ];
}
