import { Readable } from 'node:stream';
import type { Handlers } from '@millrace/platform/contract/operation';
import { InvalidParameterError, NotFoundError } from '@millrace/platform/errors';
import type { Entry, ObjectStore } from '@millrace/platform/object-store/object-store';
import type { ArtifactService } from '@millrace/proto/artifacts/v1/artifacts';
import { parseArtifactPath } from '../domain/artifact-path.ts';
import { objectKey } from '../domain/object-key.ts';
import { type UploadDeps, uploadArtifact } from '../domain/upload-artifact.ts';
import { visible } from '../domain/visible-entries.ts';

const MAX_RESULTS = 1000;

type Service = Handlers<typeof ArtifactService>;

/** What other services ask over gRPC. */
export function artifactService(deps: UploadDeps): Service {
  const { store } = deps;
  return { listArtifacts: listPage(store), statArtifact: statArtifact(store), putArtifact: putArtifact(deps) };
}

const listPage =
  (store: ObjectStore): Service['listArtifacts'] =>
  async ({ path, maxResults, pageToken }, { workspace }) => {
    if (maxResults < 0) throw new InvalidParameterError("Invalid value for parameter 'max_results': it is negative");
    const key = objectKey(workspace, parseArtifactPath(path).path);
    const limit = Math.min(maxResults || MAX_RESULTS, MAX_RESULTS);
    const page = await store.list(key, { limit, pageToken: pageToken || undefined });
    return { files: visible(page.entries, key).map(fileMessage), nextPageToken: page.nextPageToken ?? '' };
  };

const statArtifact =
  (store: ObjectStore): Service['statArtifact'] =>
  async (request, { workspace }) => {
    const { path, isDirectory } = parseArtifactPath(request.path);
    const info = isDirectory ? undefined : await store.stat(objectKey(workspace, path));
    if (!info) throw new NotFoundError(`No such artifact: '${path}'`);
    return { fileSize: BigInt(info.totalBytes), etag: info.etag, modifiedAt: BigInt(info.modifiedAt.getTime()) };
  };

const putArtifact =
  (deps: UploadDeps): Service['putArtifact'] =>
  async ({ path, content }, context) => {
    const body = Readable.from([content], { objectMode: false });
    await uploadArtifact(deps, { ...parseArtifactPath(path), body, sizeBytes: content.length }, context);
    return {};
  };

const fileMessage = ({ name, isDir, sizeBytes }: Entry) => ({
  path: name,
  isDir,
  ...(!isDir && { fileSize: BigInt(sizeBytes) }),
});
