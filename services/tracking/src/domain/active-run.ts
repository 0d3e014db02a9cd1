import { type AppError, InvalidParameterError } from '@millrace/platform/errors';
import type { Queryable } from '@millrace/platform/postgres';
import { findRunState } from '../store/runs.ts';
import { type RunId, runNotFound } from './ids.ts';

/** Why a statement that needs an active run found none. */
export async function inactiveRun(db: Queryable, workspace: string, run: RunId): Promise<AppError> {
  const state = await findRunState(db, workspace, run);
  if (!state) return runNotFound(run);
  return new InvalidParameterError(
    `The run ${run} must be in the 'active' state. Current state is ${state.deleted ? 'deleted' : 'active'}.`,
  );
}
