import { versionRef } from '../domain/version-ref.ts';
import { removeVersionTag } from '../domain/version-tags.ts';
import type { VersionRpc } from './rpc.ts';

export const deleteModelVersionTag: VersionRpc<'deleteModelVersionTag'> =
  (deps) =>
  async ({ name, version, key }, context) => {
    await removeVersionTag(deps, context, versionRef(name, version), key);
    return {};
  };
