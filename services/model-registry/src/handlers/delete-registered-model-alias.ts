import { removeAlias } from '../domain/aliases.ts';
import type { ModelRpc } from './rpc.ts';

export const deleteRegisteredModelAlias: ModelRpc<'deleteRegisteredModelAlias'> =
  (deps) =>
  async ({ name, alias }, context) => {
    await removeAlias(deps, context, name, alias);
    return {};
  };
