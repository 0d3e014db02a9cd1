import type { EventsConfig } from '@millrace/platform/config';
import type { CloudEvent } from '@millrace/platform/events/cloud-event';
import { openEvents } from '@millrace/platform/events/events';
import { Lifecycle } from '@millrace/platform/lifecycle';
import { eventContract } from '@millrace/platform/testing/event-contract';
import { file_millrace_events_v1_registry } from '@millrace/proto/events/v1/registry';
import { pino } from 'pino';

const contract = eventContract([file_millrace_events_v1_registry]);

/** A consumer with a group of its own, so that it sees every event of the registry; what is delivered again counts once. */
export async function followEvents(config: EventsConfig) {
  const lifecycle = new Lifecycle();
  const events: CloudEvent[] = [];
  let heard = () => {};
  const { consumer } = await openEvents(config, true, lifecycle, pino({ level: 'silent' }));
  await consumer.subscribe({
    group: `test-${crypto.randomUUID()}`,
    topic: 'millrace.registry.events',
    handle: async (event) => {
      if (events.some(({ id }) => id === event.id)) return;
      events.push(event);
      heard();
    },
  });

  const of = (model: string) => events.filter(({ partitionkey }) => partitionkey === `default/${model}`);
  return {
    of,
    /** All events under a model's name, as soon as there are this many. Throws where one breaks the contract. */
    async first(count: number, model: string): Promise<CloudEvent[]> {
      while (of(model).length < count) await new Promise<void>((done) => (heard = done));
      const problems = events.flatMap(contract.problemsOfEmitted);
      if (problems.length > 0) throw new Error(problems.join('\n'));
      return of(model);
    },
    close: () => lifecycle.close(),
  };
}

/** The last part of the event's type, and what its data says of the change. */
export function short({ type, data }: CloudEvent): string {
  const name = type.replace(/^io\.millrace\.(.*)\.v1$/, '$1');
  const told = ['version', 'from_stage', 'to_stage', 'alias', 'key', 'stage'].map((field) => data[field]);
  return [name, ...told.filter((text) => text !== undefined)].join(' ');
}
