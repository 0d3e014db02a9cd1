import { randomUUID } from 'node:crypto';
import type { Pool } from '@millrace/platform/postgres';
import { renewLeases } from '../store/webhook-queue.ts';

export const LEASE_MS = 15_000;
const RENEW_MS = 5_000;
/** Somebody else may send as soon as a lease is over; we stop before. */
const GIVE_UP_MS = 12_000;

/** Says who sends to which receiver in this process, and goes on saying so; `signal` is aborted when that is no longer sure. */
export function leases(pool: Pool) {
  const sender = randomUUID();
  const held = new Map<string, AbortController>();
  let renewedAt = performance.now();

  const renew = async () => {
    if (held.size === 0) renewedAt = performance.now();
    if (held.size === 0) return;
    const startedAt = performance.now();
    const ids = [...held.keys()];
    try {
      const ours = new Set(await renewLeases(pool, sender, ids, LEASE_MS));
      renewedAt = startedAt;
      for (const id of ids) if (!ours.has(id)) held.get(id)?.abort();
    } catch {
      if (performance.now() - renewedAt > GIVE_UP_MS) for (const lost of held.values()) lost.abort();
    }
  };
  const timer = setInterval(() => void renew(), RENEW_MS).unref();

  return {
    sender,
    isHeld: (webhookId: string) => held.has(webhookId),
    hold(webhookId: string): AbortSignal {
      const controller = new AbortController();
      held.set(webhookId, controller);
      return controller.signal;
    },
    drop: (webhookId: string) => held.delete(webhookId),
    close: () => clearInterval(timer),
  };
}
