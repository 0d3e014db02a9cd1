import { artifactUri } from '../domain/model.ts';
import { versionRef } from '../domain/version-ref.ts';
import { getVersion } from '../domain/versions.ts';
import type { VersionRpc } from './rpc.ts';

export const getModelVersionDownloadUri: VersionRpc<'getModelVersionDownloadUri'> =
  (deps) =>
  async ({ name, version }, context) => ({
    artifactUri: artifactUri(await getVersion(deps, context, versionRef(name, version))),
  });
