import { type Implementation, implement } from '@millrace/platform/contract/operation';
import { ModelVersionService } from '@millrace/proto/registry/v1/model_versions';
import { RegisteredModelService } from '@millrace/proto/registry/v1/registered_models';
import { StageLedgerService } from '@millrace/proto/registry/v1/stage_ledger';
import { VersionFilesService } from '@millrace/proto/registry/v1/version_files';
import { WebhookDeliveryService } from '@millrace/proto/registry/v1/webhook_deliveries';
import { WebhookService } from '@millrace/proto/registry/v1/webhooks';
import type { Deps } from '../domain/deps.ts';
import { createModelVersion } from './create-model-version.ts';
import { createRegisteredModel } from './create-registered-model.ts';
import { deleteModelVersion } from './delete-model-version.ts';
import { deleteModelVersionTag } from './delete-model-version-tag.ts';
import { deleteRegisteredModel } from './delete-registered-model.ts';
import { deleteRegisteredModelAlias } from './delete-registered-model-alias.ts';
import { deleteRegisteredModelTag } from './delete-registered-model-tag.ts';
import { getLatestVersions } from './get-latest-versions.ts';
import { getModelVersion } from './get-model-version.ts';
import { getModelVersionByAlias } from './get-model-version-by-alias.ts';
import { getModelVersionContents } from './get-model-version-contents.ts';
import { getModelVersionDownloadUri } from './get-model-version-download-uri.ts';
import { getRegisteredModel } from './get-registered-model.ts';
import { getStageHolder } from './get-stage-holder.ts';
import { listStageTransitions } from './list-stage-transitions.ts';
import { listVersionsOn } from './list-versions-on.ts';
import { renameRegisteredModel } from './rename-registered-model.ts';
import { rollbackStage } from './rollback-stage.ts';
import { searchModelVersions } from './search-model-versions.ts';
import { searchRegisteredModels } from './search-registered-models.ts';
import { setModelVersionTag } from './set-model-version-tag.ts';
import { setRegisteredModelAlias } from './set-registered-model-alias.ts';
import { setRegisteredModelTag } from './set-registered-model-tag.ts';
import { transitionModelVersionStage } from './transition-model-version-stage.ts';
import { updateModelVersion } from './update-model-version.ts';
import { updateRegisteredModel } from './update-registered-model.ts';
import { verifyStageLedger } from './verify-stage-ledger.ts';
import { deliveryHandlers, webhookHandlers } from './webhook-services.ts';

/** Every rpc of the registry, tied to its handler. */
export function registryServices(deps: Deps): Implementation[] {
  return [
    implement(RegisteredModelService, modelHandlers(deps)),
    implement(ModelVersionService, versionHandlers(deps)),
    implement(StageLedgerService, ledgerHandlers(deps)),
    implement(VersionFilesService, { listVersionsOn: listVersionsOn(deps) }),
    implement(WebhookService, webhookHandlers(deps)),
    implement(WebhookDeliveryService, deliveryHandlers(deps)),
  ];
}

function modelHandlers(deps: Deps) {
  return {
    createRegisteredModel: createRegisteredModel(deps),
    deleteRegisteredModelAlias: deleteRegisteredModelAlias(deps),
    deleteRegisteredModelTag: deleteRegisteredModelTag(deps),
    deleteRegisteredModel: deleteRegisteredModel(deps),
    getLatestVersions: getLatestVersions(deps),
    getModelVersionByAlias: getModelVersionByAlias(deps),
    getRegisteredModel: getRegisteredModel(deps),
    renameRegisteredModel: renameRegisteredModel(deps),
    searchRegisteredModels: searchRegisteredModels(deps),
    setRegisteredModelAlias: setRegisteredModelAlias(deps),
    setRegisteredModelTag: setRegisteredModelTag(deps),
    updateRegisteredModel: updateRegisteredModel(deps),
  };
}

function versionHandlers(deps: Deps) {
  return {
    createModelVersion: createModelVersion(deps),
    deleteModelVersionTag: deleteModelVersionTag(deps),
    deleteModelVersion: deleteModelVersion(deps),
    getModelVersionContents: getModelVersionContents(deps),
    getModelVersionDownloadUri: getModelVersionDownloadUri(deps),
    getModelVersion: getModelVersion(deps),
    searchModelVersions: searchModelVersions(deps),
    setModelVersionTag: setModelVersionTag(deps),
    transitionModelVersionStage: transitionModelVersionStage(deps),
    updateModelVersion: updateModelVersion(deps),
  };
}

function ledgerHandlers(deps: Deps) {
  return {
    getStageHolder: getStageHolder(deps),
    listStageTransitions: listStageTransitions(deps),
    rollbackStage: rollbackStage(deps),
    verifyStageLedger: verifyStageLedger(deps),
  };
}
