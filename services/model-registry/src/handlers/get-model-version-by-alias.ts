import { getVersionByAlias } from '../domain/aliases.ts';
import { versionMessage } from './messages.ts';
import type { ModelRpc } from './rpc.ts';

export const getModelVersionByAlias: ModelRpc<'getModelVersionByAlias'> =
  (deps) =>
  async ({ name, alias }, context) => ({
    modelVersion: versionMessage(await getVersionByAlias(deps, context, name, alias)),
  });
