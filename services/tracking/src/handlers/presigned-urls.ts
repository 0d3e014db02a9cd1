import type { Handlers } from '@millrace/platform/contract/operation';
import type { RunArtifactService } from '@millrace/proto/tracking/v1/artifacts';
import type { Deps } from '../domain/deps.ts';
import { presignDownload, presignUpload } from '../domain/presigned-urls.ts';

export const createPresignedUploadUrl =
  (deps: Deps): Handlers<typeof RunArtifactService>['createPresignedUploadUrl'] =>
  ({ runId, modelId, path }, context) =>
    presignUpload(deps, context, { run: runId, model: modelId }, path);

export const createPresignedDownloadUrl =
  (deps: Deps): Handlers<typeof RunArtifactService>['createPresignedDownloadUrl'] =>
  ({ runId, path, expiration }, context) =>
    presignDownload(deps, context, runId, path, expiration);
