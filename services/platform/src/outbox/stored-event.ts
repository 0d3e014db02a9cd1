import type { CloudEvent } from '../events/cloud-event.ts';
import { schemaPath } from '../events/event-schema.ts';
import { cloudEventType } from '../events/event-type.ts';
import type { Queryable } from '../postgres.ts';

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

export type WaitingEvent = StoredEvent & {
  readonly attempts: number;
  /** An event of its key has been given up: it has to wait behind it. */
  readonly parked: boolean;
};

export const EVENT_COLUMNS = 'id, event_id, type, key, subject, workspace_id, data, traceparent, occurred_at';

/** True when this process may empty the outbox until the transaction ends. */
export async function tryLockOutbox(tx: Queryable, schema: string): Promise<boolean> {
  const { rows } = await tx.query<{ ours: boolean }>({
    name: 'outbox_try_lock',
    text: `select pg_try_advisory_xact_lock(hashtextextended('millrace.outbox.' || $1, 0)) as ours`,
    values: [schema],
  });
  return rows[0]?.ours ?? false;
}

/** Waits until nobody empties the outbox. */
export async function lockOutbox(tx: Queryable, schema: string): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('millrace.outbox.' || $1, 0))`, [schema]);
}

export async function oldestEvents(tx: Queryable, schema: string, limit: number): Promise<WaitingEvent[]> {
  const { rows } = await tx.query<WaitingEvent>({
    name: `${schema}_outbox_oldest`,
    text: `
      select ${EVENT_COLUMNS}, attempts,
        exists (select from ${schema}.outbox_dead d where d.key = o.key and d.id < o.id) as parked
      from ${schema}.outbox o order by id limit $1`,
    values: [limit],
  });
  return rows;
}

export async function deleteEvents(tx: Queryable, schema: string, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.query({
    name: `${schema}_outbox_delete`,
    text: `delete from ${schema}.outbox where id = any($1::bigint[])`,
    values: [ids],
  });
}

export async function countAttempts(tx: Queryable, schema: string, ids: readonly number[]): Promise<void> {
  await tx.query({
    name: `${schema}_outbox_attempt`,
    text: `update ${schema}.outbox set attempts = attempts + 1 where id = any($1::bigint[])`,
    values: [ids],
  });
}

/** The form in which an event leaves the service, the same for everybody; `service` is the last part of its source. */
export function cloudEvent(row: StoredEvent, service: string): CloudEvent {
  return {
    specversion: '1.0',
    id: row.event_id,
    type: cloudEventType(row.type),
    source: `/workspaces/${row.workspace_id}/${service}`,
    subject: row.subject,
    time: row.occurred_at.toISOString(),
    datacontenttype: 'application/json',
    dataschema: schemaPath(row.type),
    partitionkey: row.key,
    sequence: String(row.id).padStart(20, '0'),
    ...(row.traceparent && { traceparent: row.traceparent }),
    data: row.data,
  };
}
