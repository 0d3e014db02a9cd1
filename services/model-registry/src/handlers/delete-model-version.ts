import { versionRef } from '../domain/version-ref.ts';
import { removeVersion } from '../domain/versions.ts';
import type { VersionRpc } from './rpc.ts';

export const deleteModelVersion: VersionRpc<'deleteModelVersion'> =
  (deps) =>
  async ({ name, version }, context) => {
    await removeVersion(deps, context, versionRef(name, version));
    return {};
  };
