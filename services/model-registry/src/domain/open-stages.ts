import type { Logger } from '@millrace/platform/log';
import type { Pool } from '@millrace/platform/postgres';
import { listUsedStages } from '../store/used-stages.ts';
import type { Stage, Stages } from './stage.ts';

/** With the stages that versions were left in by an earlier configuration: they can be asked about and left, not entered. */
export async function openStages(
  pool: Pool,
  { open, active }: { readonly open: readonly Stage[]; readonly active: readonly Stage[] },
  log: Logger,
): Promise<Stages> {
  const left = (await listUsedStages(pool)).filter((stage) => !open.includes(stage));
  if (left.length > 0) log.warn({ stages: left }, 'versions are in stages that REGISTRY_STAGES no longer has');
  return { open, active, known: [...open, ...left] };
}
