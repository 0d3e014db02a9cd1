import type { Handlers } from '@millrace/platform/contract/operation';
import type { RunArtifactService } from '@millrace/proto/tracking/v1/artifacts';
import type { Deps } from '../domain/deps.ts';
import { runId } from '../domain/ids.ts';
import { type FileInfo, listBelow } from '../domain/list-artifacts.ts';
import { getRunInfo } from '../domain/runs.ts';

export const listArtifacts =
  (deps: Deps): Handlers<typeof RunArtifactService>['listArtifacts'] =>
  async (request, context) => {
    const { artifactUri } = await getRunInfo(deps, context, runId(request.runId));
    const files = await listBelow(deps.artifacts, artifactUri, request.path, context);
    return { rootUri: artifactUri, files: files.map(fileMessage) };
  };

export const fileMessage = ({ path, isDir, sizeBytes }: FileInfo) => ({
  path,
  isDir,
  ...(sizeBytes !== null && { fileSize: BigInt(sizeBytes) }),
});
