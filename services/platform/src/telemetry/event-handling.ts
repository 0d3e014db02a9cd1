import type { CloudEvent, Subscription } from '../events/cloud-event.ts';
import { counter, durations } from './metering.ts';
import { contextOf, inSpan, isTracing, SpanKind } from './tracing.ts';

/** `traceparent` is that of the message, where it has one of its own. */
export type Handle = (event: CloudEvent, traceparent?: string) => Promise<void>;

/** The handling of a subscription, each event in the trace that it belongs to, and measured. */
export function observedHandle({ handle, group, topic }: Subscription): Handle {
  const seconds = durations(
    'millrace_consumer_handle_seconds',
    'For an event, by how it ended: done, or to come again',
  );
  const delay = durations(
    'millrace_consumer_delay_seconds',
    'From the commit of a change to the end of what follows from it',
  );
  const traced: Handle = (event, traceparent = event.traceparent) =>
    inSpan(
      {
        name: `process ${topic}`,
        kind: SpanKind.CONSUMER,
        parent: contextOf(traceparent),
        attributes: {
          'messaging.operation.type': 'process',
          'messaging.destination.name': topic,
          'messaging.consumer.group.name': group,
          'cloudevents.event_id': event.id,
          'cloudevents.event_type': event.type,
        },
      },
      () => handle(event),
    );
  const work: Handle = isTracing() ? traced : handle;
  if (!seconds) return work;
  return async (event, traceparent) => {
    const startedAt = performance.now();
    const ended = (result: string) => seconds.record((performance.now() - startedAt) / 1_000, { topic, group, result });
    try {
      await work(event, traceparent);
    } catch (error) {
      ended('again');
      throw error;
    }
    ended('done');
    delay?.record(Math.max(0, Date.now() - Date.parse(event.time)) / 1_000, { topic, group });
  };
}

/** Counts the events of a subscription that were given up. */
export function countDeadLetters({ group, topic }: Subscription): () => void {
  const dead = counter('millrace_consumer_dead_letters_total', 'Events that could not be handled and were given up');
  dead?.add(0, { topic, group });
  return () => dead?.add(1, { topic, group });
}
