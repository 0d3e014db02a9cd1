import type { Handlers } from '@millrace/platform/contract/operation';
import type { ExperimentService } from '@millrace/proto/tracking/v1/experiments';
import type { Deps } from '../domain/deps.ts';
import { createExperiment as create } from '../domain/experiments.ts';

export const createExperiment =
  (deps: Deps): Handlers<typeof ExperimentService>['createExperiment'] =>
  async ({ name, artifactLocation, tags }, context) => ({
    experimentId: String(await create(deps, context, { name, artifactLocation, tags })),
  });
