import { grpcClient } from '@millrace/platform/contract/grpc-client';
import { UnavailableError } from '@millrace/platform/errors';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import { ArtifactService, type ListArtifactsResponse } from '@millrace/proto/artifacts/v1/artifacts';
import type { ArtifactLister, FileInfo } from './domain/list-artifacts.ts';

const DEADLINE_MS = 10_000;
const PAGE = 1_000;
/** MLflow's API answers a directory in one piece, so there must be an end to what a piece may be. */
const MAX_FILES = 100_000;

/** Asks the artifact proxy, which alone has the credentials of the object store. */
export function artifactLister(address: string, lifecycle: Lifecycle): ArtifactLister {
  const client = grpcClient(ArtifactService, address, { deadlineMs: DEADLINE_MS });
  lifecycle.onClose('artifact proxy client', () => client.close());
  return async (path, context) => {
    const files: FileInfo[] = [];
    let pageToken = '';
    do {
      const page = await client.listArtifacts({ path, maxResults: PAGE, pageToken }, context);
      files.push(...page.files.map(fileInfo));
      if (files.length > MAX_FILES) throw new UnavailableError(`'${path}' holds more than ${MAX_FILES} files`);
      pageToken = page.nextPageToken ?? '';
    } while (pageToken !== '');
    return files;
  };
}

function fileInfo({ path, isDir, fileSize }: ListArtifactsResponse['files'][number]): FileInfo {
  return { path, isDir, sizeBytes: fileSize === undefined ? null : Number(fileSize) };
}
