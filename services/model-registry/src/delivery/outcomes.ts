import { Coalescer } from '@millrace/platform/coalescer';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import type { Pool } from '@millrace/platform/postgres';
import { type Outcome, type Release, recordOutcomes, releaseEndpoints } from '../store/webhook-queue.ts';

const BATCH = 500;
/** More than all sessions of a process can have at once. */
const MAX_WAITING = 50_000;

export type Outcomes = {
  /** Resolves when the outcome is durable. */
  readonly record: (outcome: Outcome) => Promise<void>;
  /** Gives a receiver back. */
  readonly release: (release: Release) => Promise<void>;
};

/** Writes what all receivers of this sender have to say together, since a commit each would cost more than the deliveries do. */
export function outcomes(pool: Pool, sender: string, lifecycle: Lifecycle): Outcomes {
  const together = <T>(name: string, write: (items: readonly T[]) => Promise<void>) => {
    const flush = async (items: readonly T[]) => {
      await write(items);
      return items.map(() => undefined);
    };
    const limits = { maxFlush: BATCH, maxQueue: MAX_WAITING, maxInFlight: 1 };
    return new Coalescer<T, undefined>({ name, flush, weigh: () => 1, ...limits }, lifecycle);
  };
  const recording = together<Outcome>('webhook-outcomes', (all) => recordOutcomes(pool, all));
  const releasing = together<Release>('webhook-releases', (all) => releaseEndpoints(pool, sender, all));
  return { record: (outcome) => recording.submit(outcome), release: (release) => releasing.submit(release) };
}
