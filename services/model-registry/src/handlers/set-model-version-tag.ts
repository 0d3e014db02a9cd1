import { versionRef } from '../domain/version-ref.ts';
import { setVersionTag } from '../domain/version-tags.ts';
import type { VersionRpc } from './rpc.ts';

export const setModelVersionTag: VersionRpc<'setModelVersionTag'> = (deps) => async (request, context) => {
  const { name, version, key, value } = request;
  await setVersionTag(deps, context, versionRef(name, version), { key, value });
  return {};
};
