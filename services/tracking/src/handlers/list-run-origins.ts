import type { Handlers } from '@millrace/platform/contract/operation';
import type { RunOriginService } from '@millrace/proto/tracking/v1/run_origins';
import type { Deps } from '../domain/deps.ts';
import { type RunOrigin, runOrigins } from '../domain/run-origins.ts';

export const listRunOrigins =
  (deps: Deps): Handlers<typeof RunOriginService>['listRunOrigins'] =>
  async ({ runIds }, context) => ({ origins: (await runOrigins(deps, context, runIds)).map(originMessage) });

const originMessage = ({ run, experiment, artifactUri, gitCommit, datasets }: RunOrigin) => ({
  runId: run,
  experimentId: String(experiment),
  artifactUri,
  gitCommit: gitCommit ?? '',
  datasets: [...datasets],
});
