import type { Handlers } from '@millrace/platform/contract/operation';
import type { LoggedModelService } from '@millrace/proto/tracking/v1/logged_models';
import type { Deps } from '../domain/deps.ts';
import { createLoggedModel } from './create-logged-model.ts';
import { deleteLoggedModel } from './delete-logged-model.ts';
import { deleteLoggedModelTag } from './delete-logged-model-tag.ts';
import { finalizeLoggedModel } from './finalize-logged-model.ts';
import { getLoggedModel } from './get-logged-model.ts';
import { listLoggedModelArtifacts } from './list-logged-model-artifacts.ts';
import { logLoggedModelParams } from './log-logged-model-params.ts';
import { searchLoggedModels } from './search-logged-models.ts';
import { setLoggedModelTags } from './set-logged-model-tags.ts';

export const loggedModelHandlers = (deps: Deps): Handlers<typeof LoggedModelService> => ({
  createLoggedModel: createLoggedModel(deps),
  getLoggedModel: getLoggedModel(deps),
  finalizeLoggedModel: finalizeLoggedModel(deps),
  deleteLoggedModel: deleteLoggedModel(deps),
  searchLoggedModels: searchLoggedModels(deps),
  setLoggedModelTags: setLoggedModelTags(deps),
  deleteLoggedModelTag: deleteLoggedModelTag(deps),
  logLoggedModelParams: logLoggedModelParams(deps),
  listLoggedModelArtifacts: listLoggedModelArtifacts(deps),
});
