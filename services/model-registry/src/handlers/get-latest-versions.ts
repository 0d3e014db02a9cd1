import { getLatestVersions as latestOf } from '../domain/latest-versions.ts';
import { versionMessage } from './messages.ts';
import type { ModelRpc } from './rpc.ts';

export const getLatestVersions: ModelRpc<'getLatestVersions'> =
  (deps) =>
  async ({ name, stages }, context) => ({
    modelVersions: (await latestOf(deps, context, name, stages)).map(versionMessage),
  });
