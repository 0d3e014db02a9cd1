import { randomUUID } from 'node:crypto';
import type { Pool } from '@millrace/platform/postgres';
import { renewLeases } from '../store/webhook-queue.ts';

export const LEASE_MS = 15_000;
const RENEW_MS = 5_000;
/** Somebody else may send as soon as a lease is over; we stop before. */
const GIVE_UP_MS = 12_000;

/** Says who sends to which receiver in this process, and goes on saying so; `signal` is aborted when that is no longer sure. */
export function leases(pool: Pool, renewEveryMs: number = RENEW_MS) {
  const sender = randomUUID();
  const held = new Map<string, AbortController>();
  let renewedAt = performance.now();

  const renew = async () => {
    if (held.size === 0) renewedAt = performance.now();
    if (held.size === 0) return;
    const startedAt = performance.now();
    const asked = [...held];
    try {
      const ids = asked.map(([id]) => id);
      const ours = new Set(await renewLeases(pool, sender, ids, LEASE_MS));
      renewedAt = startedAt;
      // only whoever held it when we asked: given back meanwhile, it may have been taken anew
      for (const [id, holder] of asked) if (!ours.has(id)) holder.abort();
    } catch {
      if (performance.now() - renewedAt > GIVE_UP_MS) for (const lost of held.values()) lost.abort();
    }
  };
  const timer = setInterval(() => void renew(), renewEveryMs).unref();

  return {
    sender,
    hold(webhookId: string) {
      const controller = new AbortController();
      held.set(webhookId, controller);
      /** Once given back, it may be taken anew before the one who had it hears of that. */
      const drop = () => {
        if (held.get(webhookId) === controller) held.delete(webhookId);
      };
      return { signal: controller.signal, drop };
    },
    close: () => clearInterval(timer),
  };
}
