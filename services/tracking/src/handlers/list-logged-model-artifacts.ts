import type { Handlers } from '@millrace/platform/contract/operation';
import type { LoggedModelService } from '@millrace/proto/tracking/v1/logged_models';
import type { Deps } from '../domain/deps.ts';
import { listBelow } from '../domain/list-artifacts.ts';
import { getModelInfo } from '../domain/logged-models.ts';
import { fileMessage } from './list-artifacts.ts';

export const listLoggedModelArtifacts =
  (deps: Deps): Handlers<typeof LoggedModelService>['listLoggedModelArtifacts'] =>
  async ({ modelId, artifactDirectoryPath }, context) => {
    const { artifactUri } = await getModelInfo(deps, context, modelId);
    const files = await listBelow(deps.artifacts, artifactUri, artifactDirectoryPath, context);
    return { rootUri: artifactUri, files: files.map(fileMessage) };
  };
