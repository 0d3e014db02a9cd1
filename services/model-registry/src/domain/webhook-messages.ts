import { randomUUID } from 'node:crypto';
import type { OutboxRow } from '@millrace/platform/outbox/event';
import { cloudEvent } from '@millrace/platform/outbox/stored-event';
import type { Notice } from '../events/mlflow-notices.ts';
import type { Message } from '../store/announce.ts';

/** What webhooks get of an event of ours: the same CloudEvent as everybody else, under the same id; see `NOT_YET`. */
export function eventMessage(row: OutboxRow): Message {
  const stored = { ...row, id: 0, event_id: row.id, workspace_id: row.workspace, occurred_at: NOT_YET };
  const { time: _, sequence: __, ...event } = cloudEvent(stored, 'model-registry');
  return {
    id: row.id,
    mlflow: false,
    topic: row.type,
    promptTopic: null,
    model: String(row.data['model'] ?? row.key),
    payload: JSON.stringify(event),
  };
}

/** Only the database knows when; it adds `time` and `sequence`. */
const NOT_YET = new Date(0);

/** Only the data: entity, action and time are put around it when it is sent. */
export function noticeMessage({ topic, promptTopic, at, data }: Notice): Message {
  const payload = JSON.stringify(data);
  return { id: randomUUID(), mlflow: true, topic, promptTopic: promptTopic ?? null, model: at.name, payload };
}
