import { type GrpcClient, grpcClient } from '@millrace/platform/contract/grpc-client';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import { ArtifactService, type FileInfo as FileMessage } from '@millrace/proto/artifacts/v1/artifacts';
import type { ArtifactStore, FileInfo } from './domain/artifact-store.ts';

const DEADLINE_MS = 10_000;
/** MLflow's listings have no pages, and its UI asks for no second one: only what would take too much memory is cut. */
const MAX_LISTED = 50_000;

/** The artifact proxy, which alone has the credentials of the object store. */
export function artifactProxy(address: string, lifecycle: Lifecycle): ArtifactStore {
  const client = grpcClient(ArtifactService, address, { deadlineMs: DEADLINE_MS });
  lifecycle.onClose('artifact proxy client', () => client.close());
  return {
    list: listing(client),
    async put(path, content, context) {
      await client.putArtifact({ path, content }, context);
    },
  };
}

const listing =
  (client: GrpcClient<typeof ArtifactService>): ArtifactStore['list'] =>
  async (path, from, context) => {
    const files: FileInfo[] = [];
    let pageToken = from;
    do {
      const page = await client.listArtifacts({ path, pageToken }, context);
      files.push(...page.files.map(fileInfo));
      pageToken = page.nextPageToken;
    } while (pageToken !== '' && files.length < MAX_LISTED);
    return { files, nextPageToken: pageToken || undefined };
  };

const fileInfo = ({ path, isDir, fileSize }: FileMessage): FileInfo => ({
  path,
  isDir,
  sizeBytes: fileSize === undefined ? null : Number(fileSize),
});
