import type { Handlers } from '@millrace/platform/contract/operation';
import type { LoggedModelService } from '@millrace/proto/tracking/v1/logged_models';
import type { Deps } from '../domain/deps.ts';
import { listDirectory } from '../domain/list-artifacts.ts';
import { getModelInfo } from '../domain/logged-models.ts';
import { listingMessage } from './listing-message.ts';

export const listLoggedModelArtifacts =
  (deps: Deps): Handlers<typeof LoggedModelService>['listLoggedModelArtifacts'] =>
  async ({ modelId, artifactDirectoryPath: path, pageToken }, context) => {
    const { artifactUri: root } = await getModelInfo(deps, context, modelId);
    return listingMessage(root, await listDirectory(deps.artifacts, { root, path, pageToken }, context));
  };
