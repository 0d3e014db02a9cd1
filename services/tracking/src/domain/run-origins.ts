import type { Context } from '@millrace/platform/contract/context';
import { listRunOrigins, type RunOrigin } from '../store/run-origins.ts';
import type { Deps } from './deps.ts';
import { isRunId } from './ids.ts';

export type { RunOrigin };

/** Of the runs that the caller may read, in no order; what is no run's id is left out too. */
export async function runOrigins(
  { pool }: Deps,
  { workspace, readable }: Context,
  ids: readonly string[],
): Promise<RunOrigin[]> {
  const found = await listRunOrigins(pool, workspace, ids.filter(isRunId));
  return found.filter(({ experiment }) => readable?.(String(experiment)) ?? true);
}
