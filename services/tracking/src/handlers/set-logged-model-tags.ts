import type { Handlers } from '@millrace/platform/contract/operation';
import type { LoggedModelService } from '@millrace/proto/tracking/v1/logged_models';
import type { Deps } from '../domain/deps.ts';
import { setModelTags } from '../domain/logged-model-tags.ts';

export const setLoggedModelTags =
  (deps: Deps): Handlers<typeof LoggedModelService>['setLoggedModelTags'] =>
  async ({ modelId, tags }, context) => {
    await setModelTags(deps, context, modelId, tags);
    return {};
  };
