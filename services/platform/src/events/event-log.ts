import { setTimeout as sleep } from 'node:timers/promises';
import type { Lifecycle } from '../lifecycle.ts';
import type { Logger } from '../log.ts';
import type { Migrations } from '../migrations.ts';
import { type Pool, type Queryable, transaction } from '../postgres.ts';
import { countDeadLetters, observedHandle } from '../telemetry/event-handling.ts';
import { eventSends } from '../telemetry/event-sends.ts';
import { Attempts, type Poison } from './attempts.ts';
import type { CloudEvent, EventConsumer, EventPublisher, Subscription } from './cloud-event.ts';
import { watchLogLag } from './event-log-lag.ts';
import { IdleWait } from './idle-wait.ts';
import { untilDone } from './retry.ts';

/** The schema of the event log, shared by the services as a broker would be. */
export const eventLogMigrations: Migrations = {
  schema: 'events',
  table: 'migrations',
  folder: new URL('../../migrations/event-log/', import.meta.url),
};

const MAX_POLL_MS = 250;
const BATCH = 200;
const PRUNE_EVERY_MS = 3_600_000;

export function eventLogPublisher(pool: Pool): EventPublisher {
  let prunedAt = Date.now();
  return {
    async publish(topic, events) {
      const sends = eventSends('postgresql', topic, events);
      const publishing = transaction(pool, async (tx) => {
        await append(tx, topic, events);
        if (Date.now() - prunedAt < PRUNE_EVERY_MS) return;
        prunedAt = Date.now();
        await prune(tx);
      });
      await publishing.then(
        () => sends.ended(),
        (error: unknown) => {
          sends.ended(error);
          throw error;
        },
      );
    },
    async check() {
      await pool.query('select 1');
    },
  };
}

/** The lock makes positions of a topic follow the order of commits, so that reading on from a position misses nothing. */
async function append(tx: Queryable, topic: string, events: readonly CloudEvent[]): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('millrace.events.' || $1, 0))`, [topic]);
  await tx.query({
    name: 'event_log_append',
    text: `
      insert into events.event_log (topic, key, event)
      select $1, e.key, e.event
      from unnest($2::text[], $3::jsonb[]) with ordinality as e (key, event, position)
      order by e.position`,
    values: [topic, events.map((event) => event.partitionkey), events.map((event) => JSON.stringify(event))],
  });
}

/** Kept for seven days, and as long as a known consumer of the topic has not seen them. */
async function prune(tx: Queryable): Promise<void> {
  await tx.query(`
    delete from events.event_log l
    where l.published_at < now() - interval '7 days'
      and not exists (
        select from events.consumer_offset o where o.topic = l.topic and o.position < l.position)`);
}

export function eventLogConsumer(pool: Pool, lifecycle: Lifecycle, log: Logger): EventConsumer {
  return {
    async subscribe(subscription) {
      await register(pool, subscription);
      watchLogLag(pool, subscription.group, subscription.topic, lifecycle);
      const work = { ...subscription, handle: observedHandle(subscription), died: countDeadLetters(subscription) };
      const consuming = consume(pool, work, lifecycle.stopping, log);
      lifecycle.onClose(`consumer of ${subscription.topic}`, () => consuming);
    },
  };
}

async function register(pool: Pool, { group, topic, since }: Subscription): Promise<void> {
  await pool.query(
    `insert into events.consumer_offset (consumer, topic, position)
     select $1, $2::text, case when $3 then coalesce(max(position), 0) else 0 end from events.event_log where topic = $2
     on conflict do nothing`,
    [group, topic, since === 'latest'],
  );
}

type Work = Subscription & { readonly died: () => void };

async function consume(pool: Pool, subscription: Work, stopping: AbortSignal, log: Logger): Promise<void> {
  const onFailure = (err: unknown, retryInMs: number) =>
    log.warn({ err, topic: subscription.topic, retryInMs }, 'an event could not be handled');
  const attempts = new Attempts(subscription.attempts);
  const idle = new IdleWait(MAX_POLL_MS);
  const work = () => consumeBatch(pool, subscription, attempts, stopping);
  while (!stopping.aborted) {
    const found = await untilDone(work, stopping, onFailure);
    if (found !== undefined && found > 0) idle.found();
    if (found !== BATCH) await sleep(idle.next(), undefined, { signal: stopping }).catch(() => {});
  }
}

type LoggedEvent = { readonly position: number; readonly event: CloudEvent };

/**
 * The row lock on the group's position leaves one process of a group at work on a topic; the others find nothing to do. What
 * was handled before a failure stays handled. Answers how many events there were.
 */
async function consumeBatch(
  pool: Pool,
  subscription: Work,
  attempts: Attempts,
  stopping: AbortSignal,
): Promise<number> {
  const { group, topic } = subscription;
  const outcome = await transaction(pool, async (tx) => {
    const from = await lockPosition(tx, group, topic);
    if (from === undefined) return { found: 0, position: 0, dead: [] };
    const events = await readFrom(tx, topic, from);
    const handled = await handleInOrder(events, from, subscription.handle, attempts, stopping);
    for (const dead of handled.dead) {
      await bury(tx, subscription, dead);
      subscription.died();
    }
    if (handled.position > from) await savePosition(tx, group, topic, handled.position);
    return { found: events.length, ...handled };
  });
  if ('error' in outcome) throw outcome.error;
  return outcome.found;
}

async function handleInOrder(
  events: readonly LoggedEvent[],
  from: number,
  handle: Subscription['handle'],
  attempts: Attempts,
  stopping: AbortSignal,
): Promise<{ position: number; dead: Dead[]; error?: unknown }> {
  let reached = from;
  const dead: Dead[] = [];
  for (const { position, event } of events) {
    if (stopping.aborted) break;
    try {
      await handle(event);
    } catch (error) {
      const poison = attempts.failed(String(position), error);
      if (!poison) return { position: reached, dead, error };
      dead.push({ position, event, poison });
    }
    reached = position;
  }
  return { position: reached, dead };
}

type Dead = LoggedEvent & { readonly poison: Poison };

async function bury(tx: Queryable, { group, topic }: Subscription, { position, event, poison }: Dead): Promise<void> {
  await tx.query({
    name: 'dead_letter_insert',
    text: `
      insert into events.dead_letter (consumer, topic, position, event, error, attempts, first_failed_at)
      values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
    values: [group, topic, position, event, poison.error, poison.attempts, poison.firstFailedAt],
  });
}

async function lockPosition(tx: Queryable, group: string, topic: string): Promise<number | undefined> {
  const { rows } = await tx.query<{ position: number }>({
    name: 'consumer_offset_lock',
    text: 'select position from events.consumer_offset where consumer = $1 and topic = $2 for update skip locked',
    values: [group, topic],
  });
  return rows[0]?.position;
}

async function readFrom(tx: Queryable, topic: string, position: number): Promise<LoggedEvent[]> {
  const { rows } = await tx.query<LoggedEvent>({
    name: 'event_log_read',
    text: 'select position, event from events.event_log where topic = $1 and position > $2 order by position limit $3',
    values: [topic, position, BATCH],
  });
  return rows;
}

async function savePosition(tx: Queryable, group: string, topic: string, position: number): Promise<void> {
  await tx.query({
    name: 'consumer_offset_save',
    text: 'update events.consumer_offset set position = $3 where consumer = $1 and topic = $2',
    values: [group, topic, position],
  });
}
