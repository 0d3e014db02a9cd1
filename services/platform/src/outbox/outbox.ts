import type { Queryable } from '../postgres.ts';
import type { OutboxRow } from './event.ts';
import { EVENT_COLUMNS, type StoredEvent } from './stored-event.ts';

/**
 * SQL of a data-modifying CTE that writes one outbox row for every row of `source`, from the seven parameters beginning at
 * `$first` (see `outboxValues`). `extraData` is a jsonb expression over `source` that is merged into the event's data, for
 * what only the statement itself knows.
 */
export function outboxInsert(schema: string, source: string, first: number, extraData?: string): string {
  const data = `$${first + 4}::jsonb${extraData ? ` || ${extraData}` : ''}`;
  return `insert into ${schema}.outbox (event_id, type, key, subject, workspace_id, data, traceparent)
    select $${first}::uuid, $${first + 1}, $${first + 2}, $${first + 3}, $${first + 5}, ${data}, $${first + 6}
    from ${source}`;
}

/** The parameters that `outboxInsert` takes, in its order. */
export function outboxValues(row: OutboxRow): unknown[] {
  return [row.id, row.type, row.key, row.subject, JSON.stringify(row.data), row.workspace, row.traceparent];
}

/**
 * SQL that writes outbox rows in their order, from the seven parameters beginning at `$first` (see `outboxBatchValues`), and
 * returns their columns: a statement of its own or a data-modifying CTE.
 */
export function outboxBatch(schema: string, first: number): string {
  const types = ['uuid', 'text', 'text', 'text', 'text', 'jsonb', 'text'];
  const parameters = types.map((type, i) => `$${first + i}::${type}[]`).join(', ');
  return `
      insert into ${schema}.outbox (event_id, type, key, subject, workspace_id, data, traceparent)
      select e.id, e.type, e.key, e.subject, e.workspace, e.data, e.traceparent
      from unnest(${parameters}) with ordinality as e (id, type, key, subject, workspace, data, traceparent, position)
      order by e.position
      returning ${EVENT_COLUMNS}`;
}

/** The parameters that `outboxBatch` takes, in its order. */
export function outboxBatchValues(rows: readonly OutboxRow[]): unknown[] {
  return [
    rows.map((row) => row.id),
    rows.map((row) => row.type),
    rows.map((row) => row.key),
    rows.map((row) => row.subject),
    rows.map((row) => row.workspace),
    rows.map((row) => JSON.stringify(row.data)),
    rows.map((row) => row.traceparent),
  ];
}

/**
 * Must run in the transaction that makes the events true, after the rows their keys name are locked. Answers what is stored,
 * in the same order.
 */
export async function enqueue(tx: Queryable, schema: string, rows: readonly OutboxRow[]): Promise<StoredEvent[]> {
  if (rows.length === 0) return [];
  const { rows: stored } = await tx.query<StoredEvent>({
    name: `${schema}_outbox_enqueue`,
    text: outboxBatch(schema, 1),
    values: outboxBatchValues(rows),
  });
  return stored.sort((a, b) => a.id - b.id);
}
