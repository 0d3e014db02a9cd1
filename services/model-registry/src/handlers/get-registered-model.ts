import { getModel } from '../domain/models.ts';
import { modelMessage } from './messages.ts';
import type { ModelRpc } from './rpc.ts';

export const getRegisteredModel: ModelRpc<'getRegisteredModel'> =
  (deps) =>
  async ({ name }, context) => ({
    registeredModel: modelMessage(await getModel(deps, context, name)),
  });
