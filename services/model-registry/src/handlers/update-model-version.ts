import { versionRef } from '../domain/version-ref.ts';
import { describeVersion } from '../domain/versions.ts';
import { versionMessage } from './messages.ts';
import type { VersionRpc } from './rpc.ts';

export const updateModelVersion: VersionRpc<'updateModelVersion'> = (deps) => async (request, context) => {
  const { name, version, description = null } = request;
  const updated = await describeVersion(deps, context, versionRef(name, version), description);
  return { modelVersion: versionMessage(updated) };
};
