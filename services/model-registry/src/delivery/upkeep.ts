import type { Lifecycle } from '@millrace/platform/lifecycle';
import type { Logger } from '@millrace/platform/log';
import type { Pool } from '@millrace/platform/postgres';
import {
  disableWebhook,
  findFailing,
  findOverfull,
  pruneDeliveries,
  pruneMessages,
  pruneWebhooks,
} from '../store/webhook-upkeep.ts';
import type { WebhookConfig } from '../webhook-config.ts';

type Limits = Pick<WebhookConfig, 'disableAfterDays' | 'retentionDays' | 'maxPending'>;

const LOOK_EVERY_MS = 60_000;
const PRUNE_EVERY_MS = 3_600_000;

/** Every minute: gives up receivers that are gone for good. Every hour: forgets what is old. */
export function startUpkeep(pool: Pool, limits: Limits, lifecycle: Lifecycle, log: Logger): void {
  const later = (everyMs: number, work: () => Promise<void>) => {
    const run = () => work().catch((err: unknown) => log.warn({ err }, 'the upkeep of webhooks failed'));
    const timer = setInterval(() => void run(), everyMs).unref();
    lifecycle.onClose('upkeep of webhooks', () => clearInterval(timer));
  };
  later(LOOK_EVERY_MS, async () => {
    for (const { webhookId, reason } of await giveUp(pool, limits)) {
      log.warn({ webhookId, reason }, 'a webhook was disabled');
    }
  });
  later(PRUNE_EVERY_MS, () => prune(pool, limits.retentionDays));
}

/** Disables the webhooks that cannot be served any more, and answers which and why. */
export async function giveUp(pool: Pool, { disableAfterDays, maxPending }: Omit<Limits, 'retentionDays'>) {
  const failing = await findFailing(pool, disableAfterDays);
  const overfull = await findOverfull(pool, maxPending);
  const lost = [
    ...failing.map((webhookId) => ({ webhookId, reason: `the receiver failed for ${disableAfterDays} days` })),
    ...overfull.map((webhookId) => ({ webhookId, reason: `more than ${maxPending} deliveries were waiting` })),
  ];
  for (const { webhookId, reason } of lost) await disableWebhook(pool, webhookId, reason);
  return lost;
}

/** Forgets what is older than the retention. */
export async function prune(pool: Pool, retentionDays: number): Promise<void> {
  while (await pruneDeliveries(pool, retentionDays));
  while (await pruneMessages(pool, retentionDays));
  await pruneWebhooks(pool, retentionDays);
}
