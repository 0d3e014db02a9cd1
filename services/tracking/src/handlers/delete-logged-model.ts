import type { Handlers } from '@millrace/platform/contract/operation';
import type { LoggedModelService } from '@millrace/proto/tracking/v1/logged_models';
import type { Deps } from '../domain/deps.ts';
import { deleteModel } from '../domain/logged-models.ts';

export const deleteLoggedModel =
  (deps: Deps): Handlers<typeof LoggedModelService>['deleteLoggedModel'] =>
  async ({ modelId }, context) => {
    await deleteModel(deps, context, modelId);
    return {};
  };
