import { randomUUID } from 'node:crypto';
import type { Admin, Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { UnavailableError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { Cursor } from './cursor.ts';
import type { EventReader, Following } from './event-reader.ts';
import { type KafkaEvents, kafkaClient } from './kafka-client.ts';
import { parseEvent } from './kafka-consumer.ts';
import { ensureTopic } from './kafka-publisher.ts';

/** Each reader is a group of its own for as long as it reads. The cursor is told in names without the prefix. */
export function kafkaReader(config: KafkaEvents, log: Logger): EventReader {
  const kafka = kafkaClient(config, log);
  return {
    async follow(following) {
      const admin = kafka.admin();
      try {
        await admin.connect();
        const { cursor, ends } = await place(kafka, admin, config, following);
        if (reached(cursor, ends)) following.caughtUp(cursor);
        if (!following.signal.aborted) await read(kafka, config, following, cursor, ends);
      } catch (error) {
        if (!(error as Error).name.startsWith('KafkaJS')) throw error;
        throw new UnavailableError('The event broker does not answer; try again in a moment', { cause: error });
      } finally {
        await admin.disconnect();
      }
    },
  };
}

type End = { readonly topic: string; readonly partition: string; readonly end: bigint };

/** Where to start in every partition, and where each ends now. */
async function place(kafka: Kafka, admin: Admin, config: KafkaEvents, { topics, after }: Following) {
  const cursor = Cursor.empty();
  const ends: End[] = [];
  for (const topic of topics) {
    const name = config.topicPrefix + topic;
    await ensureTopic(kafka, name, config);
    const offsets = await admin.fetchTopicOffsets(name);
    for (const { partition, low, high } of offsets) {
      const [first, end] = [BigInt(low), BigInt(high)];
      const wanted = typeof after === 'string' ? undefined : after.get(topic, String(partition));
      const next = after === 'latest' ? end : (wanted ?? first);
      cursor.set(topic, String(partition), next < first ? first : next);
      ends.push({ topic, partition: String(partition), end });
    }
  }
  return { cursor, ends };
}

function reached(cursor: Cursor, ends: readonly End[]): boolean {
  return ends.every(({ topic, partition, end }) => (cursor.get(topic, partition) ?? 0n) >= end);
}

async function read(
  kafka: Kafka,
  config: KafkaEvents,
  following: Following,
  cursor: Cursor,
  ends: readonly End[],
): Promise<void> {
  const { topics, signal } = following;
  const consumer = kafka.consumer({
    groupId: `${config.topicPrefix}millrace-reader-${randomUUID()}`,
    maxWaitTimeInMs: 250,
    maxBytesPerPartition: 128 * 1024,
    retry: { retries: 3, restartOnFailure: () => Promise.resolve(false) },
  });
  // joined, also after a rebalance, and nothing fetched yet: the group has no offsets, its place is in the cursor
  consumer.on(consumer.events.GROUP_JOIN, () => {
    for (const { topic, partition } of ends) {
      const offset = String(cursor.get(topic, partition) ?? 0n);
      consumer.seek({ topic: config.topicPrefix + topic, partition: Number(partition), offset });
    }
  });
  const crashed = new Promise<never>((_, fail) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => fail(payload.error));
  });
  crashed.catch(() => {}); // when nobody waits for it any more
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: topics.map((topic) => config.topicPrefix + topic), fromBeginning: true });
    const eachBatch = (payload: EachBatchPayload) => pass(payload, config.topicPrefix, following, cursor, ends);
    await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch });
    await Promise.race([crashed, ended(signal)]);
  } finally {
    await close(consumer);
  }
}

/** What was passed on already, and comes again because a connection was lost, is left out. */
async function pass(
  { batch, heartbeat, resolveOffset, isRunning, isStale }: EachBatchPayload,
  prefix: string,
  { signal, deliver, caughtUp }: Following,
  cursor: Cursor,
  ends: readonly End[],
): Promise<void> {
  const topic = batch.topic.slice(prefix.length);
  const partition = String(batch.partition);
  for (const { offset, value } of batch.messages) {
    if (signal.aborted || !isRunning() || isStale()) return;
    const event = parseEvent(value);
    if (BigInt(offset) >= (cursor.get(topic, partition) ?? 0n)) {
      cursor.set(topic, partition, BigInt(offset) + 1n);
      if (event) await deliver(event, cursor);
    }
    resolveOffset(offset);
    await heartbeat();
  }
  if (reached(cursor, ends)) caughtUp(cursor);
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => done(), { once: true });
  });
}

async function close(consumer: Consumer): Promise<void> {
  await consumer.disconnect().catch(() => {});
}
