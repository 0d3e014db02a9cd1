import type { MessageInitShape } from '@bufbuild/protobuf';
import {
  type ModelVersionSchema,
  ModelVersionStatus,
  type RegisteredModelSchema,
} from '@millrace/proto/registry/v1/entities';
import type { ModelVersion, RegisteredModel } from '../domain/model.ts';

export function modelMessage(model: RegisteredModel): MessageInitShape<typeof RegisteredModelSchema> {
  return {
    name: model.name,
    creationTimestamp: BigInt(model.createdMs),
    lastUpdatedTimestamp: BigInt(model.updatedMs),
    ...(model.description && { description: model.description }),
    latestVersions: model.latestVersions.map(versionMessage),
    tags: [...model.tags],
    aliases: model.aliases.map(({ alias, version }) => ({ alias, version: String(version) })),
  };
}

export function versionMessage(version: ModelVersion): MessageInitShape<typeof ModelVersionSchema> {
  return {
    name: version.name,
    version: String(version.version),
    creationTimestamp: BigInt(version.createdMs),
    lastUpdatedTimestamp: BigInt(version.updatedMs),
    currentStage: version.stage,
    ...(version.description !== null && { description: version.description }),
    source: version.source,
    runId: version.runId,
    status: ModelVersionStatus.READY,
    tags: [...version.tags],
    runLink: version.runLink,
    aliases: [...version.aliases],
  };
}
