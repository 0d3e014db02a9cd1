import { removeModel } from '../domain/models.ts';
import type { ModelRpc } from './rpc.ts';

export const deleteRegisteredModel: ModelRpc<'deleteRegisteredModel'> =
  (deps) =>
  async ({ name }, context) => {
    await removeModel(deps, context, name);
    return {};
  };
