import { grpcClient } from '@millrace/platform/contract/grpc-client';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import { ArtifactService } from '@millrace/proto/artifacts/v1/artifacts';
import type { ArtifactLister } from './domain/list-artifacts.ts';

const DEADLINE_MS = 10_000;

/** Asks the artifact proxy, which alone has the credentials of the object store. */
export function artifactLister(address: string, lifecycle: Lifecycle): ArtifactLister {
  const client = grpcClient(ArtifactService, address, { deadlineMs: DEADLINE_MS });
  lifecycle.onClose('artifact proxy client', () => client.close());
  return async (path, context) => {
    const { files } = await client.listArtifacts({ path }, context);
    return files.map((file) => ({
      path: file.path,
      isDir: file.isDir,
      sizeBytes: file.fileSize === undefined ? null : Number(file.fileSize),
    }));
  };
}
