import type { CloudEvent } from '../events/cloud-event.ts';
import { contextOf, isTracing, markFailed, type Span, SpanKind, startSpan, traceparentOf } from './tracing.ts';

export type Sends = {
  /** For the consumer of this event: the place of its sending, if there is one, else that of its origin. */
  readonly traceparent: (event: CloudEvent) => string | undefined;
  readonly ended: (error?: unknown) => void;
};

/** A span of each event that is being sent, in the trace of the work that it tells of. Those of no trace get none. */
export function eventSends(system: string, topic: string, events: readonly CloudEvent[]): Sends {
  const spans = new Map<string, Span>();
  if (isTracing()) {
    for (const event of events) {
      const span = event.traceparent && sendSpan(system, topic, event);
      if (span) spans.set(event.id, span);
    }
  }
  return {
    traceparent({ id, traceparent }) {
      const span = spans.get(id);
      return span ? traceparentOf(span.spanContext()) : traceparent;
    },
    ended(error) {
      for (const span of spans.values()) {
        if (error !== undefined) markFailed(span, error);
        span.end();
      }
    },
  };
}

function sendSpan(system: string, topic: string, { id, type, traceparent }: CloudEvent): Span | undefined {
  return startSpan({
    name: `send ${topic}`,
    kind: SpanKind.PRODUCER,
    parent: contextOf(traceparent),
    attributes: {
      'messaging.system': system,
      'messaging.operation.type': 'send',
      'messaging.destination.name': topic,
      'cloudevents.event_id': id,
      'cloudevents.event_type': type,
    },
  });
}
