import type { Handlers } from '@millrace/platform/contract/operation';
import type { LoggedModelService } from '@millrace/proto/tracking/v1/logged_models';
import type { Deps } from '../domain/deps.ts';
import { removeModelTag } from '../domain/logged-model-tags.ts';

export const deleteLoggedModelTag =
  (deps: Deps): Handlers<typeof LoggedModelService>['deleteLoggedModelTag'] =>
  async ({ modelId, tagKey }, context) => {
    await removeModelTag(deps, context, modelId, tagKey);
    return {};
  };
