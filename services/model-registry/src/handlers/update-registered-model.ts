import { describeModel } from '../domain/models.ts';
import { modelMessage } from './messages.ts';
import type { ModelRpc } from './rpc.ts';

export const updateRegisteredModel: ModelRpc<'updateRegisteredModel'> =
  (deps) =>
  async ({ name, description }, context) => ({
    registeredModel: modelMessage(await describeModel(deps, context, name, description)),
  });
