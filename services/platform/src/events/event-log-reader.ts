import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from '../postgres.ts';
import type { CloudEvent } from './cloud-event.ts';
import { Cursor } from './cursor.ts';
import type { EventReader, Following } from './event-reader.ts';
import { IdleWait } from './idle-wait.ts';

const MAX_POLL_MS = 400;
const BATCH = 100;
/** The log has one partition per topic. */
const ONLY = '0';

export function eventLogReader(pool: Pool): EventReader {
  return {
    async follow({ topics, after, signal, deliver, caughtUp }) {
      const cursor = await startOf(pool, topics, after);
      const idle = new IdleWait(MAX_POLL_MS);
      while (!signal.aborted) {
        const rows = await readOn(pool, topics, cursor);
        for (const { topic, position, event } of rows) {
          if (signal.aborted) return;
          cursor.set(topic, ONLY, BigInt(position) + 1n);
          await deliver(event, cursor);
        }
        if (rows.length > 0) idle.found();
        if (rows.length === BATCH) continue;
        caughtUp(cursor);
        await sleep(idle.next(), undefined, { signal }).catch(() => {});
      }
    },
  };
}

async function startOf(pool: Pool, topics: readonly string[], after: Following['after']): Promise<Cursor> {
  const cursor = Cursor.empty();
  if (after === 'latest') {
    const { rows } = await pool.query<{ topic: string; last: number }>(
      `select t.topic, coalesce((
         select l.position from events.event_log l where l.topic = t.topic order by l.position desc limit 1), 0) as last
       from unnest($1::text[]) as t (topic)`,
      [topics],
    );
    for (const { topic, last } of rows) cursor.set(topic, ONLY, BigInt(last) + 1n);
    return cursor;
  }
  for (const topic of topics) cursor.set(topic, ONLY, after === 'earliest' ? 0n : (after.get(topic, ONLY) ?? 0n));
  return cursor;
}

type LoggedEvent = { readonly topic: string; readonly position: number; readonly event: CloudEvent };

async function readOn(pool: Pool, topics: readonly string[], cursor: Cursor): Promise<LoggedEvent[]> {
  const { rows } = await pool.query<LoggedEvent>({
    name: 'event_log_read_topics',
    text: `
      select l.topic, l.position, l.event
      from unnest($1::text[], $2::bigint[]) as t (topic, next)
      cross join lateral (
        select l.topic, l.position, l.event from events.event_log l
        where l.topic = t.topic and l.position >= t.next order by l.position limit $3) as l
      order by l.position limit $3`,
    values: [topics, topics.map((topic) => String(cursor.get(topic, ONLY) ?? 0n)), BATCH],
  });
  return rows;
}
