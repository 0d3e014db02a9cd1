import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import type { Lifecycle } from '../lifecycle.ts';
import type { Logger } from '../log.ts';
import type { CloudEvent, EventConsumer, Subscription } from './cloud-event.ts';
import { type KafkaEvents, kafkaClient } from './kafka-client.ts';
import { ensureTopic } from './kafka-publisher.ts';
import { untilDone } from './retry.ts';

/** Idle fetches answer within this; a longer wait would hold up rebalances and shutdown. */
const MAX_WAIT_MS = 250;
const SESSION_TIMEOUT_MS = 45_000;

/** Subscriptions join in the background, so that a service starts and works while Kafka is down. */
export function kafkaConsumer(config: KafkaEvents, lifecycle: Lifecycle, log: Logger): EventConsumer {
  const kafka = kafkaClient(config, log);
  return {
    async subscribe(subscription) {
      const topic = config.topicPrefix + subscription.topic;
      const consumer = kafka.consumer({
        groupId: config.topicPrefix + subscription.group,
        maxWaitTimeInMs: MAX_WAIT_MS,
        sessionTimeout: SESSION_TIMEOUT_MS,
        maxBytesPerPartition: 256 * 1024,
        retry: { restartOnFailure: () => Promise.resolve(!lifecycle.stopping.aborted) },
      });
      const joining = untilDone(
        () => join(kafka, consumer, topic, config, subscription, lifecycle.stopping, log),
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

async function join(
  kafka: Kafka,
  consumer: Consumer,
  topic: string,
  config: KafkaEvents,
  { handle }: Subscription,
  stopping: AbortSignal,
  log: Logger,
): Promise<void> {
  await ensureTopic(kafka, topic, config);
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachBatchAutoResolve: false,
    eachBatch: (batch) => eachBatch(batch, handle, stopping, log),
  });
}

/** One by one, so that an event that fails is the first to come again. */
async function eachBatch(
  { batch, heartbeat, isRunning, isStale, resolveOffset, commitOffsetsIfNecessary }: EachBatchPayload,
  handle: Subscription['handle'],
  stopping: AbortSignal,
  log: Logger,
): Promise<void> {
  for (const { value, offset } of batch.messages) {
    if (!isRunning() || isStale() || stopping.aborted) return;
    const event = parse(value);
    if (event) await handle(event);
    else
      log.error({ topic: batch.topic, partition: batch.partition, offset }, 'skipped a message that is no CloudEvent');
    resolveOffset(offset);
    await heartbeat();
  }
  await commitOffsetsIfNecessary();
}

function parse(value: Buffer | null): CloudEvent | undefined {
  try {
    const event = JSON.parse(value?.toString() ?? '') as CloudEvent;
    return event.specversion === '1.0' ? event : undefined;
  } catch {
    return undefined;
  }
}
