import type { CloudEvent } from '../events/cloud-event.ts';

/** A row of an outbox. */
export type StoredEvent = {
  readonly id: number;
  readonly event_id: string;
  readonly type: string;
  readonly key: string;
  readonly subject: string;
  readonly workspace_id: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly traceparent: string | null;
  readonly occurred_at: Date;
};

/** The form in which an event leaves the service, the same for everybody; `service` is the last part of its source. */
export function cloudEvent(row: StoredEvent, service: string): CloudEvent {
  return {
    specversion: '1.0',
    id: row.event_id,
    type: `io.millrace.${row.type}.v1`,
    source: `/workspaces/${row.workspace_id}/${service}`,
    subject: row.subject,
    time: row.occurred_at.toISOString(),
    datacontenttype: 'application/json',
    dataschema: `/schemas/${row.type}.v1.json`,
    partitionkey: row.key,
    sequence: String(row.id).padStart(20, '0'),
    ...(row.traceparent && { traceparent: row.traceparent }),
    data: row.data,
  };
}
