import { setTimeout as sleep } from 'node:timers/promises';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import type { Logger } from '@millrace/platform/log';
import type { Pool } from '@millrace/platform/postgres';
import { claimEndpoints, dueDeliveries } from '../store/webhook-queue.ts';
import { disableWebhook } from '../store/webhook-upkeep.ts';
import type { WebhookConfig } from '../webhook-config.ts';
import { deliveryMetrics } from './delivery-metrics.ts';
import { LEASE_MS, leases } from './leases.ts';
import { outcomes } from './outcomes.ts';
import type { Post } from './post.ts';
import { SET_ASIDE } from './schedule.ts';
import type { SessionTools } from './session.ts';
import { openSessions } from './sessions.ts';

export type WorkerOptions = {
  readonly pool: Pool;
  readonly post: Post;
  readonly config: WebhookConfig;
  /** How long attempts may go on once the service stops. */
  readonly graceMs: number;
};

const IDLE_MS = 500;
const GATHER_MS = 10;
const MAX_BACKOFF_MS = 10_000;

/**
 * Sends what waits for webhooks for as long as the service lives. Any number of processes may do so: each receiver is served by
 * one of them at a time. `wake` says that there is something new; without it the worker looks twice a second.
 */
export function startWorker(options: WorkerOptions, lifecycle: Lifecycle, log: Logger): { readonly wake: () => void } {
  const { pool, config, graceMs } = options;
  const { stopping } = lifecycle;
  const held = leases(pool);
  let alarm = new AbortController();
  const wake = () => alarm.abort();
  const { record, release } = outcomes(pool, held.sender, lifecycle);
  const tools = { ...sessionTools(options, lifecycle, log), record };
  const sessions = openSessions({ tools, held, release, onBusy: wake }, log);

  const loop = async () => {
    let failures = 0;
    while (!stopping.aborted) {
      let waitMs = IDLE_MS;
      try {
        await begin(pool, config.concurrency, held.sender, sessions);
        failures = 0;
      } catch (err) {
        waitMs = Math.min(100 * 2 ** failures++, MAX_BACKOFF_MS);
        log.warn({ err, retryInMs: waitMs }, 'deliveries to webhooks wait: the database cannot be asked');
      }
      await sleep(waitMs, undefined, { signal: AbortSignal.any([alarm.signal, stopping]) }).catch(() => {});
      if (alarm.signal.aborted && !stopping.aborted) await sleep(GATHER_MS);
      alarm = new AbortController();
    }
  };

  const running = loop();
  lifecycle.onClose('webhook deliveries', async () => {
    await running;
    await sessions.end(graceMs);
    held.close();
  });
  return { wake };
}

/** Receivers that did not answer last time get at most half of the places, so that they cannot take them from the others. */
async function begin(
  pool: Pool,
  places: number,
  sender: string,
  sessions: ReturnType<typeof openSessions>,
): Promise<void> {
  const limit = places - sessions.count();
  if (limit <= 0) return;
  const failing = Math.max(0, Math.ceil(places / 2) - sessions.failing());
  const claimed = await claimEndpoints(pool, { sender, limit, failing, leaseMs: LEASE_MS });
  if (claimed.length === 0) return;
  const ids = claimed.map(({ webhookId }) => webhookId);
  const due = Map.groupBy(await dueDeliveries(pool, ids, SET_ASIDE), ({ webhookId }) => webhookId);
  for (const endpoint of claimed) sessions.start(endpoint, due.get(endpoint.webhookId) ?? []);
}

function sessionTools(
  { pool, post, config }: WorkerOptions,
  lifecycle: Lifecycle,
  log: Logger,
): Omit<SessionTools, 'record'> {
  return {
    keys: config.keys,
    post,
    measure: deliveryMetrics(pool, lifecycle),
    maxRetries: config.maxRetries,
    disable: (webhookId, reason) => {
      log.warn({ webhookId, reason }, 'a webhook was disabled');
      return disableWebhook(pool, webhookId, reason);
    },
  };
}
