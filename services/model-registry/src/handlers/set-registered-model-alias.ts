import { setAlias } from '../domain/aliases.ts';
import type { ModelRpc } from './rpc.ts';

export const setRegisteredModelAlias: ModelRpc<'setRegisteredModelAlias'> =
  (deps) =>
  async ({ name, alias, version }, context) => {
    await setAlias(deps, context, alias, { name, version });
    return {};
  };
