import { createVersion } from '../domain/create-version.ts';
import { versionMessage } from './messages.ts';
import type { VersionRpc } from './rpc.ts';

export const createModelVersion: VersionRpc<'createModelVersion'> = (deps) => async (request, context) => ({
  modelVersion: versionMessage(await createVersion(deps, context, request)),
});
