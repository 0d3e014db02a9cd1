import { versionRef } from '../domain/version-ref.ts';
import { getVersion } from '../domain/versions.ts';
import { versionMessage } from './messages.ts';
import type { VersionRpc } from './rpc.ts';

export const getModelVersion: VersionRpc<'getModelVersion'> =
  (deps) =>
  async ({ name, version }, context) => ({
    modelVersion: versionMessage(await getVersion(deps, context, versionRef(name, version))),
  });
