import type { Logger } from '@millrace/platform/log';
import type { DueDelivery, Endpoint } from '../store/webhook-queue.ts';
import type { leases } from './leases.ts';
import type { Outcomes } from './outcomes.ts';
import { type SessionTools, serve } from './session.ts';

type Surroundings = Pick<Outcomes, 'release'> & {
  readonly tools: SessionTools;
  readonly held: ReturnType<typeof leases>;
  /** Hears of each receiver that may have more to get. */
  readonly onBusy: () => void;
};

/** The receivers that this process is sending to. */
export function openSessions({ tools, held, release: giveBack, onBusy }: Surroundings, log: Logger) {
  const hurry = new AbortController();
  const running = new Set<Promise<void>>();
  let failing = 0;

  const run = async (endpoint: Endpoint, deliveries: readonly DueDelivery[]) => {
    const { webhookId } = endpoint;
    const { signal, drop } = held.hold(webhookId);
    const stop = AbortSignal.any([signal, hurry.signal]);
    if (endpoint.failures > 0) failing++;
    try {
      const { busy, ...release } = await serve(endpoint, deliveries, tools, stop);
      await giveBack(release);
      if (busy) onBusy();
    } catch (err) {
      log.warn({ err, webhookId }, 'what was sent to a webhook could not be recorded, and is sent again');
    } finally {
      drop();
      if (endpoint.failures > 0) failing--;
    }
  };

  return {
    start(endpoint: Endpoint, deliveries: readonly DueDelivery[]): void {
      const session = run(endpoint, deliveries).finally(() => running.delete(session));
      running.add(session);
    },
    count: () => running.size,
    /** To receivers that did not answer last time. */
    failing: () => failing,
    /** Waits until all have ended; what is under way after `graceMs` is broken off, to be sent again. */
    async end(graceMs: number): Promise<void> {
      const timer = setTimeout(() => hurry.abort(), graceMs);
      await Promise.all(running);
      clearTimeout(timer);
    },
  };
}
