import { type AppError, InvalidParameterError } from '@millrace/platform/errors';
import type { Queryable } from '@millrace/platform/postgres';
import { findExperiment } from '../store/experiments.ts';
import { type ExperimentId, experimentNotFound } from './ids.ts';

/** Why a statement that needs an active experiment found none. */
export async function inactiveExperiment(db: Queryable, workspace: string, id: ExperimentId): Promise<AppError> {
  const experiment = await findExperiment(db, workspace, id);
  if (!experiment) return experimentNotFound(id);
  const state = experiment.deleted ? 'deleted' : 'active';
  return new InvalidParameterError(`The experiment ${id} must be in the 'active' state. Current state is ${state}.`);
}
