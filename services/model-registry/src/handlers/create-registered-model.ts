import { createModel } from '../domain/models.ts';
import { modelMessage } from './messages.ts';
import type { ModelRpc } from './rpc.ts';

export const createRegisteredModel: ModelRpc<'createRegisteredModel'> = (deps) => async (request, context) => ({
  registeredModel: modelMessage(await createModel(deps, context, request)),
});
