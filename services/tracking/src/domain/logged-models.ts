import type { Context } from '@millrace/platform/contract/context';
import { InvalidParameterError } from '@millrace/platform/errors';
import { eventType } from '@millrace/platform/events/event-type';
import { type NewEvent, outboxRow } from '@millrace/platform/outbox/event';
import {
  LoggedModelCreatedSchema,
  LoggedModelDeletedSchema,
  LoggedModelFinalizedSchema,
} from '@millrace/proto/events/v1/tracking';
import { findModel } from '../store/logged-model-details.ts';
import {
  findModelInfo,
  insertModel,
  deleteModel as storeDeletion,
  finalizeModel as storeStatus,
} from '../store/logged-models.ts';
import type { Deps } from './deps.ts';
import { refuseDuplicateTags } from './duplicate-tags.ts';
import type { KeyValue } from './experiment.ts';
import { inactiveExperiment } from './experiment-state.ts';
import { type ExperimentId, newModelId } from './ids.ts';
import type { LoggedModel, LoggedModelInfo, ModelStatus } from './logged-model.ts';
import { modelNotFound } from './logged-model-not-found.ts';
import { modelParams } from './logged-model-params.ts';
import { modelTags } from './logged-model-tags.ts';
import { checkLength } from './names.ts';
import { randomName } from './random-name.ts';

const MAX_NAME = 500;
const MAX_RUN_ID = 256;
const FORBIDDEN_IN_NAMES = ['/', ':', '.', '%', '"', "'"];

const TYPES = {
  created: eventType(LoggedModelCreatedSchema),
  finalized: eventType(LoggedModelFinalizedSchema),
  deleted: eventType(LoggedModelDeletedSchema),
};

/** What is known only to the database is added there. */
const modelEvent = (type: keyof typeof TYPES, id: string): NewEvent => ({
  type: TYPES[type],
  key: id,
  subject: `logged-models/${id}`,
  data: { model_id: id },
});

export type ModelToCreate = {
  readonly experimentId: ExperimentId;
  /** Empty: a random one. */
  readonly name: string;
  readonly modelType: string;
  /** Taken as it is: it may be a run of another server. */
  readonly sourceRunId: string;
  readonly params: readonly KeyValue[];
  readonly tags: readonly KeyValue[];
};

/** Names are not unique. */
export async function createModel(deps: Deps, context: Context, given: ModelToCreate): Promise<LoggedModel> {
  checkName(given.name);
  checkLength('model_type', given.modelType, MAX_NAME);
  checkLength('source_run_id', given.sourceRunId, MAX_RUN_ID);
  const id = newModelId();
  const params = modelParams(given.params, deps.truncateLongValues);
  refuseDuplicateTags(given.tags);
  const tags = modelTags(given.tags);
  const created = { ...given, id, name: given.name || randomName(), params, tags, createdMs: Date.now() };
  const event = outboxRow(modelEvent('created', id), context);
  const info = await insertModel(deps.pool, context.workspace, created, event);
  if (!info) throw await inactiveExperiment(deps.pool, context.workspace, given.experimentId);
  deps.announce();
  return { info, params, tags, metrics: [] };
}

function checkName(name: string): void {
  checkLength('name', name, MAX_NAME);
  if (!FORBIDDEN_IN_NAMES.some((character) => name.includes(character))) return;
  throw new InvalidParameterError(
    `Invalid model name (${name.includes("'") ? JSON.stringify(name) : `'${name}'`}) provided. Model name must be a ` +
      `non-empty string and cannot contain the following characters: ('/', ':', '.', '%', '"', "'")`,
  );
}

export async function getModel(
  deps: Deps,
  { workspace }: Context,
  id: string,
  { allowDeleted }: { readonly allowDeleted: boolean },
): Promise<LoggedModel> {
  const model = await findModel(deps.pool, workspace, id);
  if (!model || (model.info.deleted && !allowDeleted)) throw modelNotFound(id);
  return model;
}

/** Deleted ones too. */
export async function getModelInfo(deps: Deps, { workspace }: Context, id: string): Promise<LoggedModelInfo> {
  const info = await findModelInfo(deps.pool, workspace, id);
  if (!info) throw modelNotFound(id);
  return info;
}

/** From any status to any other, and of a deleted model too, as MLflow; only a real change is announced. */
export async function finalizeModel(
  deps: Deps,
  context: Context,
  id: string,
  status: ModelStatus,
): Promise<LoggedModel> {
  const event = outboxRow(modelEvent('finalized', id), context);
  const model = await storeStatus(deps.pool, context.workspace, id, status, Date.now(), event);
  if (!model) throw modelNotFound(id);
  deps.announce();
  return model;
}

/** Idempotent; metrics and artifacts stay. */
export async function deleteModel(deps: Deps, context: Context, id: string): Promise<void> {
  const event = outboxRow(modelEvent('deleted', id), context);
  if (!(await storeDeletion(deps.pool, context.workspace, id, Date.now(), event))) throw modelNotFound(id);
  deps.announce();
}
