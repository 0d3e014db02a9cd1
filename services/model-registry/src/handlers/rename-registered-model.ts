import { renameModel } from '../domain/models.ts';
import { modelMessage } from './messages.ts';
import type { ModelRpc } from './rpc.ts';

export const renameRegisteredModel: ModelRpc<'renameRegisteredModel'> =
  (deps) =>
  async ({ name, newName }, context) => ({
    registeredModel: modelMessage(await renameModel(deps, context, name, newName)),
  });
