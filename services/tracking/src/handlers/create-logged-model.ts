import type { Handlers } from '@millrace/platform/contract/operation';
import type { LoggedModelService } from '@millrace/proto/tracking/v1/logged_models';
import type { Deps } from '../domain/deps.ts';
import { experimentId } from '../domain/ids.ts';
import { createModel } from '../domain/logged-models.ts';
import { modelMessage } from './logged-model-message.ts';

export const createLoggedModel =
  (deps: Deps): Handlers<typeof LoggedModelService>['createLoggedModel'] =>
  async ({ experimentId: id, name, modelType, sourceRunId, params, tags }, context) => {
    const given = { experimentId: experimentId(id), name, modelType, sourceRunId, params, tags };
    return { model: modelMessage(await createModel(deps, context, given)) };
  };
