import type { Handlers } from '@millrace/platform/contract/operation';
import type { RunArtifactService } from '@millrace/proto/tracking/v1/artifacts';
import type { Deps } from '../domain/deps.ts';
import { runId } from '../domain/ids.ts';
import { listDirectory } from '../domain/list-artifacts.ts';
import { getRunInfo } from '../domain/runs.ts';
import { listingMessage } from './listing-message.ts';

export const listArtifacts =
  (deps: Deps): Handlers<typeof RunArtifactService>['listArtifacts'] =>
  async ({ runId: id, path, pageToken }, context) => {
    const { artifactUri: root } = await getRunInfo(deps, context, runId(id));
    return listingMessage(root, await listDirectory(deps.artifacts, { root, path, pageToken }, context));
  };
