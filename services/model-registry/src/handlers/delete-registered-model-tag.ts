import { removeModelTag } from '../domain/model-tags.ts';
import type { ModelRpc } from './rpc.ts';

export const deleteRegisteredModelTag: ModelRpc<'deleteRegisteredModelTag'> =
  (deps) =>
  async ({ name, key }, context) => {
    await removeModelTag(deps, context, name, key);
    return {};
  };
