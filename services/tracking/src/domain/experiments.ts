import type { Context } from '@millrace/platform/contract/context';
import { AlreadyExistsError, InvalidParameterError, InvalidStateError, NotFoundError } from '@millrace/platform/errors';
import { eventType } from '@millrace/platform/events/event-type';
import { type NewEvent, outboxRow } from '@millrace/platform/outbox/event';
import {
  ExperimentCreatedSchema,
  ExperimentDeletedSchema,
  ExperimentRestoredSchema,
  ExperimentUpdatedSchema,
} from '@millrace/proto/events/v1/tracking';
import {
  deleteExperimentTag,
  findExperiment,
  findExperimentByName,
  insertExperiment,
  nextExperimentId,
  setExperimentDeleted,
  renameExperiment as storeName,
  upsertExperimentTag,
} from '../store/experiments.ts';
import { appendToPath, checkArtifactLocation } from './artifact-location.ts';
import { MAX_KEY } from './check-batch.ts';
import type { Deps } from './deps.ts';
import { refuseDuplicateTags } from './duplicate-tags.ts';
import type { Experiment, KeyValue } from './experiment.ts';
import { inactiveExperiment } from './experiment-state.ts';
import { type ExperimentId, experimentNotFound } from './ids.ts';
import { checkKey, checkLength } from './names.ts';

const MAX_NAME = 500;
const MAX_TAG_VALUE = 5000;

const TYPES = {
  created: eventType(ExperimentCreatedSchema),
  updated: eventType(ExperimentUpdatedSchema),
  deleted: eventType(ExperimentDeletedSchema),
  restored: eventType(ExperimentRestoredSchema),
};

const experimentEvent = (type: keyof typeof TYPES, id: ExperimentId, data: NewEvent['data'] = {}): NewEvent => ({
  type: TYPES[type],
  key: String(id),
  subject: `experiments/${id}`,
  data: { experiment_id: String(id), ...data },
});

export type ExperimentToCreate = Pick<Experiment, 'name' | 'tags'> & {
  /** Empty for the server's default. */
  readonly artifactLocation: string;
};

export async function createExperiment(deps: Deps, context: Context, given: ExperimentToCreate): Promise<ExperimentId> {
  checkLength('name', given.name, MAX_NAME);
  checkArtifactLocation(given.artifactLocation);
  for (const tag of given.tags) checkExperimentTag(tag);
  refuseDuplicateTags(given.tags);
  const id = await nextExperimentId(deps.pool);
  const artifactLocation = given.artifactLocation || appendToPath(deps.artifactRoot, `/${id}`);
  const event = experimentEvent('created', id, { name: given.name, artifact_location: artifactLocation });
  const created = { id, name: given.name, artifactLocation, createdMs: Date.now(), tags: given.tags };
  if (!(await insertExperiment(deps.pool, context.workspace, created, outboxRow(event, context)))) {
    throw new AlreadyExistsError(`Experiment(name=${given.name}) already exists. Error: the name is taken`);
  }
  deps.announce();
  return id;
}

function checkExperimentTag({ key, value }: KeyValue): void {
  checkKey('key', key);
  checkLength('key', key, MAX_KEY);
  checkLength('value', value, MAX_TAG_VALUE);
}

/** Deleted ones too. */
export async function getExperiment(deps: Deps, { workspace }: Context, id: ExperimentId): Promise<Experiment> {
  const experiment = await findExperiment(deps.pool, workspace, id);
  if (!experiment) throw experimentNotFound(id);
  return experiment;
}

/** Deleted ones too. */
export async function getExperimentByName(deps: Deps, { workspace }: Context, name: string): Promise<Experiment> {
  const experiment = await findExperimentByName(deps.pool, workspace, name);
  if (!experiment) throw new NotFoundError(`Could not find experiment with name '${name}'`);
  return experiment;
}

export async function renameExperiment(deps: Deps, context: Context, id: ExperimentId, name: string): Promise<void> {
  checkLength('name', name, MAX_NAME);
  const event = outboxRow(experimentEvent('updated', id, { name }), context);
  switch (await storeName(deps.pool, context.workspace, id, name, Date.now(), event)) {
    case 'renamed':
      return deps.announce();
    case 'name taken':
      throw new AlreadyExistsError(`Experiment(name=${name}) already exists. Error: the name is taken`);
    case 'not active':
      await getExperiment(deps, context, id);
      throw new InvalidStateError('Cannot rename a non-active experiment.');
  }
}

/** With all its runs. Throws when it is not active. */
export async function deleteExperiment(deps: Deps, context: Context, id: ExperimentId): Promise<void> {
  await setDeleted(deps, context, id, true);
}

/** With all its runs, also those deleted before it. Throws when it is not deleted. */
export async function restoreExperiment(deps: Deps, context: Context, id: ExperimentId): Promise<void> {
  await setDeleted(deps, context, id, false);
}

async function setDeleted(deps: Deps, context: Context, id: ExperimentId, deleted: boolean): Promise<void> {
  const event = outboxRow(experimentEvent(deleted ? 'deleted' : 'restored', id), context);
  if (!(await setExperimentDeleted(deps.pool, context.workspace, id, deleted, Date.now(), event))) {
    throw experimentNotFound(id);
  }
  deps.announce();
}

export async function setExperimentTag(
  deps: Deps,
  { workspace }: Context,
  id: ExperimentId,
  tag: KeyValue,
): Promise<void> {
  checkExperimentTag(tag);
  if (!(await upsertExperimentTag(deps.pool, workspace, id, tag)))
    throw await inactiveExperiment(deps.pool, workspace, id);
}

export async function removeExperimentTag(deps: Deps, context: Context, id: ExperimentId, key: string): Promise<void> {
  const { deleted } = await getExperiment(deps, context, id);
  if (deleted) {
    throw new InvalidParameterError(`The experiment ${id} must be in the 'active' state. Current state is deleted.`);
  }
  if (!(await deleteExperimentTag(deps.pool, context.workspace, id, key))) {
    throw new NotFoundError(`No tag with name: ${key} in experiment with id ${id}`);
  }
}
