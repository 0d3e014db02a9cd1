import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import type { Lifecycle } from '../lifecycle.ts';
import type { Logger } from '../log.ts';
import { countDeadLetters, type Handle, observedHandle } from '../telemetry/event-handling.ts';
import { Attempts, type Poison } from './attempts.ts';
import type { CloudEvent, EventConsumer, Subscription } from './cloud-event.ts';
import { type KafkaEvents, kafkaClient } from './kafka-client.ts';
import { type Bury, kafkaDeadLetters } from './kafka-dead-letters.ts';
import { watchLag } from './kafka-lag.ts';
import { ensureTopic } from './kafka-publisher.ts';
import { untilDone } from './retry.ts';

/** Idle fetches answer within this; a longer wait would hold up rebalances and shutdown. */
const MAX_WAIT_MS = 250;
/** How long a consumer that was killed, or cut off with its broker, keeps its partitions from the others. */
const SESSION_TIMEOUT_MS = 15_000;
const BEAT_EVERY_MS = 2_000;
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 10_000;

/** Subscriptions join in the background, so that a service starts and works while Kafka is down. */
export function kafkaConsumer(config: KafkaEvents, lifecycle: Lifecycle, log: Logger): EventConsumer {
  const kafka = kafkaClient(config, log);
  const bury = kafkaDeadLetters(kafka, config, lifecycle);
  return {
    async subscribe(subscription) {
      const topic = config.topicPrefix + subscription.topic;
      const groupId = config.topicPrefix + subscription.group;
      const consumer = kafka.consumer({
        groupId,
        maxWaitTimeInMs: MAX_WAIT_MS,
        sessionTimeout: SESSION_TIMEOUT_MS,
        maxBytesPerPartition: 256 * 1024,
        retry: { restartOnFailure: () => Promise.resolve(!lifecycle.stopping.aborted) },
      });
      const work: Work = {
        ...subscription,
        handle: observedHandle(subscription),
        died: countDeadLetters(subscription),
        reached: watchLag(consumer, subscription, lifecycle),
        group: groupId,
        bury,
        stopping: lifecycle.stopping,
        log,
      };
      const joining = untilDone(
        () => join(kafka, consumer, topic, config, work),
        lifecycle.stopping,
        (err, retryInMs) => log.warn({ err, topic, retryInMs }, 'cannot subscribe to events yet'),
      );
      lifecycle.onClose(`kafka consumer of ${topic}`, async () => {
        await joining;
        await consumer.disconnect();
      });
    },
  };
}

type Work = Pick<Subscription, 'group' | 'attempts' | 'since'> & {
  readonly handle: Handle;
  readonly died: () => void;
  readonly reached: ReturnType<typeof watchLag>;
  readonly bury: Bury;
  readonly stopping: AbortSignal;
  readonly log: Logger;
};

async function join(kafka: Kafka, consumer: Consumer, topic: string, config: KafkaEvents, work: Work): Promise<void> {
  await ensureTopic(kafka, topic, config);
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: work.since !== 'latest' });
  await consumer.run({ eachBatchAutoResolve: false, eachBatch: (batch) => eachBatch(batch, work) });
}

/** One by one, so that an event that fails is the first to come again. */
async function eachBatch(payload: EachBatchPayload, work: Work): Promise<void> {
  const { batch, heartbeat, resolveOffset, commitOffsetsIfNecessary } = payload;
  const attempts = new Attempts(work.attempts);
  for (const message of batch.messages) {
    work.reached(batch, message.offset);
    const outcome = await handle(message, payload, attempts, work);
    if (outcome === 'stopped') return;
    if (outcome !== 'done') {
      const { topic, partition } = batch;
      await work.bury(message, { topic, partition, group: work.group }, outcome);
      work.died();
      work.log.error({ topic, partition, offset: message.offset, ...outcome }, 'an event could not be handled');
    }
    resolveOffset(message.offset);
    work.reached(batch, String(BigInt(message.offset) + 1n));
    await heartbeat();
  }
  await commitOffsetsIfNecessary();
}

/** Tries until it succeeds, is given up, or the partition belongs to somebody else. */
async function handle(
  message: KafkaMessage,
  { heartbeat, isRunning, isStale }: EachBatchPayload,
  attempts: Attempts,
  work: Work,
): Promise<'done' | 'stopped' | Poison> {
  const stopped = () => !isRunning() || isStale() || work.stopping.aborted;
  const event = parseEvent(message.value);
  if (!event) return { error: 'no CloudEvent', attempts: 1, firstFailedAt: new Date() };
  for (let waitMs = FIRST_RETRY_MS; !stopped(); waitMs = Math.min(waitMs * 2, MAX_RETRY_MS)) {
    try {
      await beating(heartbeat, () => work.handle(event, message.headers?.['traceparent']?.toString()));
      return 'done';
    } catch (err) {
      const poison = attempts.failed(message.offset, err);
      if (poison) return poison;
      work.log.warn({ err, event: event.id, retryInMs: waitMs }, 'an event could not be handled yet');
      await sleep(waitMs, undefined, { signal: work.stopping }).catch(() => {});
      await heartbeat();
    }
  }
  return 'stopped';
}

/** A handler may take longer than a session: the group hears meanwhile that we are there. */
async function beating(heartbeat: EachBatchPayload['heartbeat'], work: () => Promise<void>): Promise<void> {
  // what is wrong is heard again by the next heartbeat that is waited for
  const timer = setInterval(() => void heartbeat().catch(() => {}), BEAT_EVERY_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
}

/** Undefined for what is no CloudEvent. */
export function parseEvent(value: Buffer | null): CloudEvent | undefined {
  try {
    const event = JSON.parse(value?.toString() ?? '') as CloudEvent;
    return event.specversion === '1.0' ? event : undefined;
  } catch {
    return undefined;
  }
}
