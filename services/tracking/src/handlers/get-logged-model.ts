import type { Handlers } from '@millrace/platform/contract/operation';
import type { LoggedModelService } from '@millrace/proto/tracking/v1/logged_models';
import type { Deps } from '../domain/deps.ts';
import { getModel } from '../domain/logged-models.ts';
import { modelMessage } from './logged-model-message.ts';

export const getLoggedModel =
  (deps: Deps): Handlers<typeof LoggedModelService>['getLoggedModel'] =>
  async ({ modelId, allowDeleted }, context) => ({
    model: modelMessage(await getModel(deps, context, modelId, { allowDeleted })),
  });
