import type { Handlers } from '@millrace/platform/contract/operation';
import type { LoggedModelService } from '@millrace/proto/tracking/v1/logged_models';
import type { Deps } from '../domain/deps.ts';
import { finalizeModel } from '../domain/logged-models.ts';
import { modelMessage, modelStatus } from './logged-model-message.ts';

export const finalizeLoggedModel =
  (deps: Deps): Handlers<typeof LoggedModelService>['finalizeLoggedModel'] =>
  async ({ modelId, status }, context) => ({
    model: modelMessage(await finalizeModel(deps, context, modelId, modelStatus(status))),
  });
