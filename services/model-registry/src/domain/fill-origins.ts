import { CallContext, requestIdFrom } from '@millrace/platform/contract/context';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import type { Logger } from '@millrace/platform/log';
import { versionUpdated } from '../events/model-events.ts';
import { lockModel } from '../store/models.ts';
import { listPending, type PendingVersion, saveOrigin } from '../store/pending-origins.ts';
import { change } from './change.ts';
import type { Deps } from './deps.ts';
import { findOrigin } from './origin.ts';

const ACTOR = 'system';
const EVERY_MS = 5_000;
const AT_ONCE = 50;

/** Versions that were made while tracking was away get their origin when it is back, and an event tells of it. */
export function startFillingOrigins(deps: Deps, lifecycle: Lifecycle, log: Logger): void {
  let running: Promise<void> = Promise.resolve();
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    running = fill(deps, lifecycle.stopping)
      .catch((err: unknown) => log.warn({ err }, 'filling in the origin of versions failed'))
      .finally(() => {
        busy = false;
      });
  }, EVERY_MS).unref();
  lifecycle.onClose('filling in of origins', () => {
    clearInterval(timer);
    return running;
  });
}

async function fill(deps: Deps, stopping: AbortSignal): Promise<void> {
  for (const version of await listPending(deps.pool, AT_ONCE)) {
    if (stopping.aborted || !(await fillOne(deps, version))) return;
  }
}

/** False while tracking is still away. */
async function fillOne(deps: Deps, pending: PendingVersion): Promise<boolean> {
  const { workspace, name, version } = pending;
  const context = new CallContext({ actor: ACTOR, workspace }, requestIdFrom(undefined), () => {});
  const found = await findOrigin(deps, context, pending);
  if (found.pending) return false;
  await change(deps, context, async (tx, tell) => {
    const model = await lockModel(tx, workspace, name);
    if (model === pending.model && (await saveOrigin(tx, pending, found.origin))) {
      tell(versionUpdated({ workspace, name }, version, found.origin));
    }
  });
  return true;
}
