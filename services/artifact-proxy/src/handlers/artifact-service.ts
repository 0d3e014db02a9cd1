import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Handlers } from '@millrace/platform/contract/operation';
import { InvalidParameterError, NotFoundError } from '@millrace/platform/errors';
import type { Entry, ObjectStore } from '@millrace/platform/object-store/object-store';
import type { ArtifactService } from '@millrace/proto/artifacts/v1/artifacts';
import { parseArtifactPath } from '../domain/artifact-path.ts';
import { objectKey } from '../domain/object-key.ts';
import { type RemoveDeps, removeArtifacts } from '../domain/remove-artifacts.ts';
import { statArtifact } from '../domain/stat-artifact.ts';
import { advertised, type Transfers } from '../domain/transfers.ts';
import { type UploadDeps, uploadArtifact } from '../domain/upload-artifact.ts';
import { visible } from '../domain/visible-entries.ts';

const MAX_RESULTS = 1000;
const MAX_READ_BYTES = 2 ** 20;

export type Deps = RemoveDeps & UploadDeps & { readonly transfers: Transfers };
type Service = Handlers<typeof ArtifactService>;

/** What other services ask over gRPC. */
export function artifactService(deps: Deps): Service {
  return {
    getTransferModes: async () => advertised(deps.transfers),
    readArtifact: readArtifact(deps),
    deleteArtifacts: deleteArtifacts(deps),
    listArtifacts: listPage(deps.store),
    statArtifact: statFile(deps),
    putArtifact: putArtifact(deps),
  };
}

const readArtifact =
  ({ store }: Deps): Service['readArtifact'] =>
  async (request, { workspace, signal }) => {
    const { path, isDirectory } = parseArtifactPath(request.path);
    const body = isDirectory ? undefined : await store.get(objectKey(workspace, path), { signal });
    if (!body) throw noSuchArtifact(path);
    if (body.totalBytes > MAX_READ_BYTES) {
      body.stream.destroy();
      throw new InvalidParameterError(`'${path}' has ${body.totalBytes} bytes, more than ${MAX_READ_BYTES}`);
    }
    return { content: await buffer(body.stream), etag: body.etag };
  };

const deleteArtifacts =
  (deps: Deps): Service['deleteArtifacts'] =>
  async ({ path }, context) => ({ files: BigInt(await removeArtifacts(deps, parseArtifactPath(path), context)) });

const listPage =
  (store: ObjectStore): Service['listArtifacts'] =>
  async ({ path, maxResults, pageToken }, { workspace }) => {
    if (maxResults < 0) throw new InvalidParameterError("Invalid value for parameter 'max_results': it is negative");
    const key = objectKey(workspace, parseArtifactPath(path).path);
    const limit = Math.min(maxResults || MAX_RESULTS, MAX_RESULTS);
    const page = await store.list(key, { limit, pageToken: pageToken || undefined });
    return { files: visible(page.entries, key).map(fileMessage), nextPageToken: page.nextPageToken ?? '' };
  };

const statFile =
  (deps: Deps): Service['statArtifact'] =>
  async (request, { workspace }) => {
    const { path, isDirectory } = parseArtifactPath(request.path);
    const key = isDirectory ? undefined : objectKey(workspace, path);
    const info = key === undefined ? undefined : await statArtifact(deps, key);
    if (!info) throw noSuchArtifact(path);
    const { etag, totalBytes, modifiedAt, sha256 } = info;
    return { fileSize: BigInt(totalBytes), etag, modifiedAt: BigInt(modifiedAt.getTime()), ...(sha256 && { sha256 }) };
  };

const putArtifact =
  (deps: UploadDeps): Service['putArtifact'] =>
  async ({ path, content }, context) => {
    const body = Readable.from([content], { objectMode: false });
    await uploadArtifact(deps, { ...parseArtifactPath(path), body, sizeBytes: content.length }, context);
    return {};
  };
const noSuchArtifact = (path: string) => new NotFoundError(`No such artifact: '${path}'`);

const fileMessage = ({ name, isDir, sizeBytes }: Entry) => ({
  path: name,
  isDir,
  ...(!isDir && { fileSize: BigInt(sizeBytes) }),
});
