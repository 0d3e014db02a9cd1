import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventsConfig } from '@millrace/platform/config';
import { openEvents } from '@millrace/platform/events/events';
import { Lifecycle } from '@millrace/platform/lifecycle';
import { createLog } from '@millrace/platform/log';
import { Arrivals } from './arrivals.ts';
import { CHANGES, type Change, type Movers, now } from './changes.ts';

const TOPIC = 'millrace.registry.events';

/** A consumer of a group of its own, as a pipeline would be one. */
export async function watchEvents(config: EventsConfig, change: Change = CHANGES.stage) {
  const lifecycle = new Lifecycle();
  const arrivals = new Arrivals();
  const { consumer } = await openEvents(config, false, lifecycle, createLog('bench', 'silent'));
  await consumer.subscribe({
    group: `bench-${randomUUID()}`,
    topic: TOPIC,
    async handle({ id, type, data }) {
      if (type === change.type) arrivals.add(id, change.textOf(data), now());
    },
  });
  return { arrivals, close: () => lifecycle.close() };
}

/** A consumer whose broker was away may have to wait for its group. */
const PATIENCE_MS = 60_000;

/** Waits until everything that was answered has arrived, or nothing more comes. */
export async function untilArrived(arrivals: Arrivals, { answered }: Movers): Promise<void> {
  let [before, changedAt] = [-1, now()];
  while (arrivals.lost(answered) > 0 && now() - changedAt < PATIENCE_MS) {
    if (arrivals.count !== before) [before, changedAt] = [arrivals.count, now()];
    await sleep(200);
  }
}
