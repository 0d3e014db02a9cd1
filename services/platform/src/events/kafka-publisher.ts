import type { Kafka, Message, Producer } from 'kafkajs';
import { Partitioners } from 'kafkajs';
import type { Lifecycle } from '../lifecycle.ts';
import type { Logger } from '../log.ts';
import { eventSends, type Sends } from '../telemetry/event-sends.ts';
import type { CloudEvent, EventPublisher } from './cloud-event.ts';
import { type KafkaEvents, kafkaClient } from './kafka-client.ts';
import { RefusedEventError } from './refused-event.ts';

/**
 * Acknowledged by all in-sync replicas. Connects on first use, so that a service starts and works while Kafka is down, and
 * creates a topic the first time it publishes to it.
 */
export function kafkaPublisher(config: KafkaEvents, lifecycle: Lifecycle, log: Logger): EventPublisher {
  const kafka = kafkaClient(config, log);
  let ready: Promise<Producer> | undefined;
  const known = new Set<string>();

  const producer = () => {
    ready ??= connectProducer(kafka).catch((error: unknown) => {
      ready = undefined;
      throw error;
    });
    return ready;
  };
  lifecycle.onClose('kafka producer', async () => {
    await (await ready?.catch(() => undefined))?.disconnect();
  });

  return {
    async publish(topic, events) {
      const name = config.topicPrefix + topic;
      if (!known.has(name)) {
        await ensureTopic(kafka, name, config);
        known.add(name);
      }
      const sends = eventSends('kafka', topic, events);
      try {
        const messages = events.map((event) => message(event, sends));
        await (await producer()).send({ topic: name, acks: -1, messages });
        sends.ended();
      } catch (error) {
        sends.ended(error);
        known.delete(name); // it may be gone
        throw refused(error) ?? error;
      }
    },
    async check() {
      await producer();
    },
  };
}

export async function connectProducer(kafka: Kafka): Promise<Producer> {
  const producer = kafka.producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    allowAutoTopicCreation: false,
  });
  await producer.connect();
  return producer;
}

/** What the broker says of the message itself; too little room, no leader or no right say nothing of the message. */
const REFUSALS: ReadonlySet<unknown> = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
]);

function refused(error: unknown): RefusedEventError | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('type' in cause && REFUSALS.has(cause.type)) return new RefusedEventError(cause.message, { cause: error });
  }
  return undefined;
}

/** Idempotent. A topic that is there keeps its partitions and replication. */
export async function ensureTopic(
  kafka: Kafka,
  topic: string,
  { partitions, replication }: KafkaEvents,
): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    if ((await admin.listTopics()).includes(topic)) return;
    const topics = [{ topic, numPartitions: partitions, replicationFactor: replication }];
    await admin.createTopics({ topics, waitForLeaders: true });
  } finally {
    await admin.disconnect();
  }
}

/** Structured mode, with the attributes repeated as headers for consumers that filter without parsing. */
function message(event: CloudEvent, sends: Sends): Message {
  const traceparent = sends.traceparent(event);
  return {
    key: event.partitionkey,
    value: JSON.stringify(event),
    headers: {
      'content-type': 'application/cloudevents+json; charset=UTF-8',
      ce_specversion: event.specversion,
      ce_id: event.id,
      ce_type: event.type,
      ce_source: event.source,
      ce_subject: event.subject,
      ce_time: event.time,
      ce_partitionkey: event.partitionkey,
      ...(event.traceparent !== undefined && { ce_traceparent: event.traceparent }),
      ...(traceparent !== undefined && { traceparent }),
    },
  };
}
