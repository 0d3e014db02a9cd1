import { randomUUID } from 'node:crypto';
import { cloudEvent, type StoredEvent } from '@millrace/platform/outbox/stored-event';
import type { Notice } from '../events/mlflow-notices.ts';
import type { Message } from '../store/webhook-fan-out.ts';

/** What webhooks get of an event of ours: the same CloudEvent as everybody else, under the same id. */
export function eventMessage(event: StoredEvent): Message {
  return {
    id: event.event_id,
    mlflow: false,
    topic: event.type,
    promptTopic: null,
    model: String(event.data['model'] ?? event.key),
    payload: JSON.stringify(cloudEvent(event, 'model-registry')),
  };
}

/** Only the data: entity, action and time are put around it when it is sent. */
export function noticeMessage({ topic, promptTopic, at, data }: Notice): Message {
  const payload = JSON.stringify(data);
  return { id: randomUUID(), mlflow: true, topic, promptTopic: promptTopic ?? null, model: at.name, payload };
}
