import type { Handlers } from '@millrace/platform/contract/operation';
import type { LoggedModelService } from '@millrace/proto/tracking/v1/logged_models';
import type { Deps } from '../domain/deps.ts';
import { logModelParams } from '../domain/logged-model-params.ts';

export const logLoggedModelParams =
  (deps: Deps): Handlers<typeof LoggedModelService>['logLoggedModelParams'] =>
  async ({ modelId, params }, context) => {
    await logModelParams(deps, context, modelId, params);
    return {};
  };
