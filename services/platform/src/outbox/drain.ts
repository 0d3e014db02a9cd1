import type { CloudEvent, EventPublisher } from '../events/cloud-event.ts';
import { RefusedEventError } from '../events/refused-event.ts';
import type { Logger } from '../log.ts';
import type { Queryable } from '../postgres.ts';
import { moveToDead } from './dead-letters.ts';
import {
  cloudEvent,
  countAttempts,
  deleteEvents,
  oldestEvents,
  tryLockOutbox,
  type WaitingEvent,
} from './stored-event.ts';

export type Outbox = {
  /** The schema whose outbox is emptied. */
  readonly schema: string;
  readonly topic: string;
  /** The last part of the events' `source`: `/workspaces/<workspace>/<service>`. */
  readonly service: string;
  readonly publisher: EventPublisher;
};

export type Drained = {
  /** How many events have left the outbox. */
  readonly done: number;
  /** How many of these could not be published now, but may be. */
  readonly refused: number;
  /** Why it ended before its time. */
  readonly failure?: unknown;
};

export const BATCH = 500;
/** Brokers take a megabyte at a time from everybody. */
const MAX_SEND_BYTES = 512 * 1024;
const MAX_ATTEMPTS = 10;

/**
 * Publishes the oldest events, then deletes them; a crash in between publishes them again. The lock leaves one active relay
 * per outbox, which is what keeps each key in order. Deleting what was read, rather than reading on from the last id,
 * because ids are given before transactions commit: a cursor would pass by the late ones.
 *
 * An event that is refused itself lets those of other keys pass. After ten times it is given up, and those of its key wait
 * behind it among the dead: order is kept, and nothing is lost, until somebody decides.
 */
export async function drain(tx: Queryable, outbox: Outbox, log: Logger): Promise<Drained> {
  const { schema } = outbox;
  if (!(await tryLockOutbox(tx, schema))) return { done: 0, refused: 0 };
  const rows = await oldestEvents(tx, schema, BATCH);
  const parked = rows.filter((row) => row.parked).map(({ id }) => id);
  await moveToDead(tx, schema, parked, null);
  const sent = await sendAll(
    outbox,
    rows.filter((row) => !row.parked),
  );
  await deleteEvents(tx, schema, sent.published);
  for (const refusal of sent.refusals) await remember(tx, outbox, refusal, log);
  const done = parked.length + sent.published.length;
  return { done, refused: sent.refusals.length, ...('failure' in sent && { failure: sent.failure }) };
}

type Refusal = { readonly row: WaitingEvent; readonly error: RefusedEventError };
type Sent = { readonly published: number[]; readonly refusals: Refusal[]; failure?: unknown };

async function sendAll({ publisher, topic, service }: Outbox, rows: readonly WaitingEvent[]): Promise<Sent> {
  const sent: Sent = { published: [], refusals: [] };
  const publish = async (chunk: readonly WaitingEvent[]) => {
    await publisher.publish(
      topic,
      chunk.map((row): CloudEvent => cloudEvent(row, service)),
    );
    sent.published.push(...chunk.map(({ id }) => id));
  };
  const stuck = new Set<string>();
  try {
    for (const chunk of chunks(rows)) {
      const free = chunk.filter(({ key }) => !stuck.has(key));
      if (free.length === 0 || (await accepted(publish(free)))) continue;
      for (const row of free) {
        if (stuck.has(row.key)) continue;
        const error = await refusal(publish([row]));
        if (!error) continue;
        stuck.add(row.key);
        sent.refusals.push({ row, error });
      }
    }
  } catch (failure) {
    sent.failure = failure;
  }
  return sent;
}

async function accepted(publishing: Promise<void>): Promise<boolean> {
  return (await refusal(publishing)) === undefined;
}

async function refusal(publishing: Promise<void>): Promise<RefusedEventError | undefined> {
  try {
    await publishing;
    return undefined;
  } catch (error) {
    if (error instanceof RefusedEventError) return error;
    throw error;
  }
}

/** In order, each of what can be sent at once; an event that is too big for that goes alone. */
function chunks(rows: readonly WaitingEvent[]): WaitingEvent[][] {
  const all: WaitingEvent[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    const size = Buffer.byteLength(JSON.stringify(row.data)) + 1_000;
    bytes += size;
    if (bytes > MAX_SEND_BYTES) {
      all.push([]);
      bytes = size;
    }
    all.at(-1)?.push(row);
  }
  return all;
}

async function remember(tx: Queryable, { schema }: Outbox, { row, error }: Refusal, log: Logger): Promise<void> {
  await countAttempts(tx, schema, [row.id]);
  const { id, event_id: eventId, type, key, attempts } = row;
  if (attempts + 1 < MAX_ATTEMPTS) return;
  await moveToDead(tx, schema, [id], error.message);
  log.error({ err: error, outbox: schema, eventId, type, key }, 'an event cannot be published and was given up');
}
