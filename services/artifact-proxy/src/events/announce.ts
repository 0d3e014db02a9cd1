import { type EventContext, type NewEvent, outboxRow } from '@millrace/platform/outbox/event';
import { outboxInsert, outboxValues } from '@millrace/platform/outbox/outbox';
import type { Pool } from '@millrace/platform/postgres';

export const SCHEMA = 'artifacts';

/** What is kept together with the event. */
export type Kept = {
  readonly digest?: { readonly key: string; readonly etag: string; readonly sha256: string } | undefined;
  /** The upload that is done with this; when it was done already, nothing is announced. */
  readonly upload?: string | undefined;
};

/** Resolves when the event can no longer be lost. */
export type Announce = (event: NewEvent, context: EventContext, kept?: Kept) => Promise<void>;

/** The lock stands for the row that other services would lock: events of one key get their numbers in the order they commit. */
const INSERT = `
  with lock as materialized (select pg_advisory_xact_lock(hashtextextended('millrace.artifacts.' || $8, 0))),
  digest as (
    insert into artifacts.digest (object_key, etag, sha256)
    select $9, $10, decode($11, 'hex') from lock where $11::text is not null
    on conflict (object_key) do update set etag = excluded.etag, sha256 = excluded.sha256),
  finished as (
    update artifacts.upload set state = 'done', touched_at = now()
    where upload_id = $12::uuid and state = 'open' returning upload_id),
  news as (select from lock where $12::uuid is null or exists (select from finished))
  ${outboxInsert(SCHEMA, 'news', 1)}`;

export function announcer(pool: Pool, wake: () => void): Announce {
  return async (event, context, { digest, upload } = {}) => {
    const kept = [digest?.key ?? null, digest?.etag ?? null, digest?.sha256 ?? null, upload ?? null];
    const values = [...outboxValues(outboxRow(event, context)), event.key, ...kept];
    await pool.query({ name: 'artifacts_announce', text: INSERT, values });
    wake();
  };
}
