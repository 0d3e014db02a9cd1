import type { CloudEvent, EventPublisher } from '../events/cloud-event.ts';
import { RefusedEventError } from '../events/refused-event.ts';
import type { Logger } from '../log.ts';
import type { Queryable } from '../postgres.ts';
import type { RelayMetrics } from '../telemetry/relay-metrics.ts';
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
  readonly metrics?: RelayMetrics | undefined;
};

export type Drained = {
  /** How many events have left the outbox. */
  readonly done: number;
  /** How many of these could not be published now, but may be. */
  readonly refused: number;
  /** There may be more to publish at once. */
  readonly more: boolean;
  /** Why it ended before its time. */
  readonly failure?: unknown;
};

/** Of events that are read at once. */
const BATCH = 1_000;
/** In one transaction: a crash publishes these again. */
const BATCHES = 4;
/** Brokers take a megabyte at a time from everybody. */
const MAX_SEND_BYTES = 768 * 1024;
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
  if (!(await tryLockOutbox(tx, schema))) return { done: 0, refused: 0, more: false };
  let rows = await oldestEvents(tx, schema, BATCH);
  let done = 0;
  for (let batch = 1; ; batch++) {
    const parked = rows.filter((row) => row.parked).map(({ id }) => id);
    await moveToDead(tx, schema, parked, null);
    const free = rows.filter((row) => !row.parked);
    const more = rows.length === BATCH;
    const { sent, next } = await sendAndReadOn(tx, outbox, free, more && batch < BATCHES);
    done += parked.length + sent.published.length;
    for (const refusal of sent.refusals) await remember(tx, outbox, refusal, log);
    if (next && whole(sent)) rows = next;
    else return { done, refused: sent.refusals.length, more, ...('failure' in sent && { failure: sent.failure }) };
  }
}

const whole = ({ refusals, ...sent }: Sent) => refusals.length === 0 && !('failure' in sent);

/**
 * Publishes and deletes. With `readOn` the next events are read meanwhile, as if these were gone, which is taken back where
 * one of them stays.
 */
async function sendAndReadOn(
  tx: Queryable,
  outbox: Outbox,
  rows: readonly WaitingEvent[],
  readOn: boolean,
): Promise<{ readonly sent: Sent; readonly next: WaitingEvent[] | undefined }> {
  const { schema } = outbox;
  if (readOn) {
    await tx.query('savepoint unsent');
    await deleteEvents(
      tx,
      schema,
      rows.map(({ id }) => id),
    );
  }
  const reading = readOn ? oldestEvents(tx, schema, BATCH) : Promise.resolve(undefined);
  // both: nobody else may begin to publish while we do
  const [sending, read] = await Promise.allSettled([sendAll(outbox, rows), reading]);
  if (sending.status === 'rejected') throw sending.reason;
  if (read.status === 'rejected') throw read.reason;
  const sent = sending.value;
  if (!readOn || !whole(sent)) {
    if (readOn) await tx.query('rollback to savepoint unsent');
    await deleteEvents(tx, schema, sent.published);
  }
  return { sent, next: read.value };
}

type Outgoing = { readonly row: WaitingEvent; readonly event: CloudEvent };
type Refusal = { readonly row: WaitingEvent; readonly error: RefusedEventError };
type Sent = { readonly published: number[]; readonly refusals: Refusal[]; failure?: unknown };

async function sendAll({ publisher, topic, service, metrics }: Outbox, rows: readonly WaitingEvent[]): Promise<Sent> {
  const sent: Sent = { published: [], refusals: [] };
  const publish = async (chunk: readonly Outgoing[]) => {
    await publisher.publish(
      topic,
      chunk.map(({ event }) => event),
    );
    sent.published.push(...chunk.map(({ row }) => row.id));
    metrics?.published(chunk.map(({ row }) => row.occurred_at));
  };
  const stuck = new Set<string>();
  try {
    for (const chunk of chunks(rows.map((row) => ({ row, event: cloudEvent(row, service) })))) {
      const free = chunk.filter(({ row }) => !stuck.has(row.key));
      if (free.length === 0 || (await accepted(publish(free)))) continue;
      for (const one of free) {
        if (stuck.has(one.row.key)) continue;
        const error = await refusal(publish([one]));
        if (!error) continue;
        metrics?.failed('refused');
        stuck.add(one.row.key);
        sent.refusals.push({ row: one.row, error });
      }
    }
  } catch (failure) {
    metrics?.failed('failed');
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
function chunks(all: readonly Outgoing[]): Outgoing[][] {
  const chunked: Outgoing[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const one of all) {
    const size = sizeOf(one.event);
    bytes += size;
    if (bytes > MAX_SEND_BYTES) {
      chunked.push([]);
      bytes = size;
    }
    chunked.at(-1)?.push(one);
  }
  return chunked;
}

/** At least what it takes on the wire: the whole event, and its attributes once more beside it. */
function sizeOf(event: CloudEvent): number {
  const attributes = event.subject.length + event.source.length + 2 * event.partitionkey.length;
  return Buffer.byteLength(JSON.stringify(event)) + 4 * attributes + 400;
}

async function remember(tx: Queryable, { schema }: Outbox, { row, error }: Refusal, log: Logger): Promise<void> {
  await countAttempts(tx, schema, [row.id]);
  const { id, event_id: eventId, type, key, attempts } = row;
  if (attempts + 1 < MAX_ATTEMPTS) return;
  await moveToDead(tx, schema, [id], error.message);
  log.error({ err: error, outbox: schema, eventId, type, key }, 'an event cannot be published and was given up');
}
