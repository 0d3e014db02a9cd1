import type { Context } from '@millrace/platform/contract/context';
import type { Authorize } from '@millrace/platform/contract/permissions';
import type { CloudEvent } from '@millrace/platform/events/cloud-event';
import type { EventReader } from '@millrace/platform/events/event-reader';
import { eventStreamRouter } from '@millrace/platform/events/event-stream-router';
import { cloudEventType, declaredEvents, declaredStream } from '@millrace/platform/events/event-type';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import { file_millrace_events_v1_artifacts } from '@millrace/proto/events/v1/artifacts';
import { file_millrace_events_v1_registry } from '@millrace/proto/events/v1/registry';
import { file_millrace_events_v1_tracking } from '@millrace/proto/events/v1/tracking';
import { Level } from '@millrace/proto/options/v1/options';

const STREAMS = [file_millrace_events_v1_registry, file_millrace_events_v1_tracking, file_millrace_events_v1_artifacts];

/** The events of all services, for those without Kafka: what everybody publishes to, anybody can read. */
export function allEvents(reader: EventReader, authorize: Authorize, lifecycle: Lifecycle) {
  return eventStreamRouter({
    reader,
    topics: STREAMS.map((file) => declaredStream(file).topic),
    types: STREAMS.flatMap(declaredEvents).map(({ type }) => cloudEventType(type)),
    mayRead: (context) => readableEvents(authorize, context),
    lifecycle,
  });
}

/** An event may be read by whoever may read the registered model or the experiment it is about. */
async function readableEvents(authorize: Authorize, context: Context): Promise<(event: CloudEvent) => boolean> {
  const model = await authorize({ type: 'filter', on: 'REGISTERED_MODEL', level: Level.READ }, context);
  const experiment = await authorize({ type: 'filter', on: 'EXPERIMENT', level: Level.READ }, context);
  if (!model && !experiment) return () => true;
  return ({ data }) => {
    if (typeof data['model'] === 'string') return model?.(data['model']) ?? true;
    if (typeof data['experiment_id'] === 'string') return experiment?.(data['experiment_id']) ?? true;
    return false;
  };
}
