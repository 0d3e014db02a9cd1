import type { DescMessage } from '@bufbuild/protobuf';
import type { EventsConfig } from '../config.ts';
import { Lifecycle } from '../lifecycle.ts';
import type { Logger } from '../log.ts';
import type { CloudEvent } from './cloud-event.ts';
import { cloudEventType, eventType } from './event-type.ts';
import { kafkaConsumer } from './kafka-consumer.ts';
import { followStream } from './stream-client.ts';
import type { TypedEvent } from './typed-event.ts';

type Common<D extends DescMessage> = {
  /** The messages of the events that are wanted, from `@millrace/proto/events/v1/…`. */
  readonly types: readonly D[];
  /** Called one event at a time, at least once each, in order per key. What it throws makes the event come again. */
  readonly handle: (event: TypedEvent<D>) => Promise<void>;
  readonly log: Logger;
};

/** By HTTP, from `GET <url>/api/1.0/events`. */
export type StreamSubscription<D extends DescMessage> = Common<D> & {
  readonly url: string;
  /** Where to begin: a cursor that `saved` was given, or one end. */
  readonly since: string;
  /** Called with where to begin the next time, after an event was handled. */
  readonly saved?: (cursor: string) => Promise<void> | void;
  /** Sent along: a token, for instance. */
  readonly headers?: Readonly<Record<string, string>>;
};

/** By Kafka, which keeps the position of the group. */
export type KafkaSubscription<D extends DescMessage> = Common<D> & {
  readonly kafka: Extract<EventsConfig, { driver: 'kafka' }>;
  readonly topics: readonly string[];
  readonly group: string;
  /** Where a new group begins: the oldest event there is, unless given. */
  readonly since?: 'earliest' | 'latest';
};

export type Subscribed = {
  /** Rejects when the server refuses what was asked for; everything else is tried again. */
  readonly ended: Promise<void>;
  /** Waits for the event that is being handled. */
  readonly close: () => Promise<void>;
};

/** Calls `handle` with every event of these types. */
export async function subscribe<D extends DescMessage>(
  subscription: StreamSubscription<D> | KafkaSubscription<D>,
): Promise<Subscribed> {
  const lifecycle = new Lifecycle();
  const types = new Set(subscription.types.map((data) => cloudEventType(eventType(data))));
  const handle = async (event: CloudEvent) => {
    if (types.has(event.type)) await subscription.handle(event as unknown as TypedEvent<D>);
  };
  if ('kafka' in subscription) {
    const { kafka, topics, group, since = 'earliest', log } = subscription;
    const consumer = kafkaConsumer(kafka, lifecycle, log);
    for (const topic of topics) await consumer.subscribe({ group: `${group}.${topic}`, topic, since, handle });
    return { ended: new Promise(() => {}), close: () => lifecycle.close() };
  }
  const ended = followStream({ ...subscription, types: [...types], handle, stopping: lifecycle.stopping });
  return {
    ended,
    async close() {
      await lifecycle.close();
      await ended.catch(() => {});
    },
  };
}
