import { eventType } from '@millrace/platform/events/event-type';
import type { NewEvent } from '@millrace/platform/outbox/event';
import {
  ModelVersionAliasDeletedSchema,
  ModelVersionAliasSetSchema,
  ModelVersionCreatedSchema,
  ModelVersionDeletedSchema,
  ModelVersionStageTransitionedSchema,
  ModelVersionTagDeletedSchema,
  ModelVersionTagSetSchema,
  ModelVersionUpdatedSchema,
  RegisteredModelCreatedSchema,
  RegisteredModelDeletedSchema,
  RegisteredModelRenamedSchema,
  RegisteredModelUpdatedSchema,
} from '@millrace/proto/events/v1/registry';
import type { Contents } from '../domain/contents.ts';
import { artifactUri, type ModelVersion } from '../domain/model.ts';
import type { Origin } from '../domain/origin.ts';
import type { Stage } from '../domain/stage.ts';
import type { Placed } from '../store/ledger.ts';
import { shortValue, smallTags } from './event-tags.ts';

/** Where something happened: the workspace and the name the model has from then on. */
export type At = { readonly workspace: string; readonly name: string };

/**
 * Events of one name stay in order. A rename is told under the new name, before everything that happens under it; against what
 * was told under the old one it is ordered by `sequence`.
 */
const keyOf = ({ workspace, name }: At) => `${workspace}/${name}`;

type Data = NewEvent['data'];

const MODEL_TYPES = {
  created: eventType(RegisteredModelCreatedSchema),
  updated: eventType(RegisteredModelUpdatedSchema),
  renamed: eventType(RegisteredModelRenamedSchema),
  deleted: eventType(RegisteredModelDeletedSchema),
};

const VERSION_TYPES = {
  created: eventType(ModelVersionCreatedSchema),
  updated: eventType(ModelVersionUpdatedSchema),
  stage_transitioned: eventType(ModelVersionStageTransitionedSchema),
  tag_set: eventType(ModelVersionTagSetSchema),
  tag_deleted: eventType(ModelVersionTagDeletedSchema),
  alias_set: eventType(ModelVersionAliasSetSchema),
  alias_deleted: eventType(ModelVersionAliasDeletedSchema),
  deleted: eventType(ModelVersionDeletedSchema),
};

export function modelEvent(type: keyof typeof MODEL_TYPES, at: At, data: Data = {}): NewEvent {
  return {
    type: MODEL_TYPES[type],
    key: keyOf(at),
    subject: `models/${at.name}`,
    data: { model: at.name, ...data },
  };
}

function versionEvent(type: keyof typeof VERSION_TYPES, at: At, version: number, data: Data = {}): NewEvent {
  return {
    type: VERSION_TYPES[type],
    key: keyOf(at),
    subject: `models/${at.name}/versions/${version}`,
    data: { model: at.name, version: String(version), model_uri: `models:/${at.name}/${version}`, ...data },
  };
}

/** `loggedModelId` is what the caller or the source named, so that the logged model can be marked as registered. */
export function versionCreated(at: At, version: ModelVersion, loggedModelId: string): NewEvent {
  return versionEvent('created', at, version.version, {
    stage: version.stage,
    source: version.source,
    ...origin(version),
    ...(loggedModelId && { model_id: loggedModelId }),
  });
}

export type Told = {
  readonly version: ModelVersion;
  readonly from: Stage;
  /** Empty: none was given. */
  readonly comment: string;
  readonly rollback: boolean;
  readonly entry: Placed;
};

export function stageTransitioned(at: At, { version, from, comment, rollback, entry }: Told): NewEvent {
  return versionEvent('stage_transitioned', at, version.version, {
    from_stage: from,
    to_stage: version.stage,
    ...origin(version),
    ...(version.origin.loggedModelId && { model_id: version.origin.loggedModelId }),
    ...(comment && { comment }),
    ...(rollback && { rollback: 'true' }),
    ...contentsData(version.contents),
    ...placeData(entry),
  });
}

export function versionUpdated(at: At, version: number): NewEvent {
  return versionEvent('updated', at, version);
}

/** What was not known when the version was made. */
export function versionDescribed(at: At, { version, origin, contents }: ModelVersion, entry: Placed): NewEvent {
  return versionEvent('updated', at, version, {
    ...lineageData(origin),
    ...contentsData(contents),
    ...placeData(entry),
  });
}

/** `stage` is the one it leaves empty. */
export function versionDeleted(at: At, version: number, stage: Stage): NewEvent {
  return versionEvent('deleted', at, version, { stage });
}

export function tagSet(at: At, version: number, key: string, value: string): NewEvent {
  return versionEvent('tag_set', at, version, { key, ...shortValue(value) });
}

export function tagDeleted(at: At, version: number, key: string): NewEvent {
  return versionEvent('tag_deleted', at, version, { key });
}

/** `previous` is the version that had the alias before. */
export function aliasSet(at: At, version: number, alias: string, previous: number | null): NewEvent {
  const before = previous === null ? {} : { previous_version: String(previous) };
  return versionEvent('alias_set', at, version, { alias, ...before });
}

export function aliasDeleted(at: At, version: number, alias: string): NewEvent {
  return versionEvent('alias_deleted', at, version, { alias });
}

/** What a pipeline needs to fetch the version, and to know where it is from. */
function origin(version: ModelVersion): Data {
  const { runId, tags } = version;
  return { run_id: runId, artifact_uri: artifactUri(version), ...smallTags(tags), ...lineageData(version.origin) };
}

const placeData = ({ position, hash }: Placed) => ({ ledger_position: String(position), ledger_hash: hash });

function contentsData({ digest, flavors, modelSizeBytes }: Contents): Data {
  return {
    ...(digest && { mlmodel_sha256: digest }),
    ...(flavors && { flavors }),
    ...(modelSizeBytes !== null && { model_size_bytes: String(modelSizeBytes) }),
  };
}

function lineageData({ experimentId, gitCommit, datasets }: Origin): Data {
  return {
    ...(experimentId && { experiment_id: experimentId }),
    ...(gitCommit && { git_commit: gitCommit }),
    ...(datasets && { datasets }),
  };
}
