import type { Handlers } from '@millrace/platform/contract/operation';
import type { RunArtifactService } from '@millrace/proto/tracking/v1/artifacts';
import type { Deps } from '../domain/deps.ts';
import { listArtifacts } from './list-artifacts.ts';
import { createPresignedDownloadUrl, createPresignedUploadUrl } from './presigned-urls.ts';

export const artifactHandlers = (deps: Deps): Handlers<typeof RunArtifactService> => ({
  listArtifacts: listArtifacts(deps),
  createPresignedUploadUrl: createPresignedUploadUrl(deps),
  createPresignedDownloadUrl: createPresignedDownloadUrl(deps),
});
