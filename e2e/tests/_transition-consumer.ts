import { setTimeout as sleep } from 'node:timers/promises';
import { plainKafka } from '@millrace/platform/testing/plain-kafka';
import type { Kafka, KafkaMessage } from 'kafkajs';
import type { Move } from './_moves.ts';

/** Longer than a relay needs by far; a test that waits in vain fails on what has come until then. */
const PATIENCE_MS = 60_000;
const TYPE = 'io.millrace.model_version.stage_transitioned.v1';

/** A stage transition as a CI/CD system reads it from Kafka. */
export type SeenTransition = Move & {
  readonly id: string;
  readonly key: string;
  readonly envelope: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
};

/**
 * Reads the registry's topic as a consumer that knows nothing of Millrace's code. Delivery is at least once, so an event
 * that comes again with the id it had is dropped; anything else is kept in the order of arrival.
 */
export async function consumeTransitions(brokers: readonly string[], topic: string) {
  const kafka = plainKafka(brokers, 'ci');
  const stopping = new AbortController();
  const seen: SeenTransition[] = [];
  const ids = new Set<string>();
  const consumer = kafka.consumer({ groupId: `${topic}.ci`, maxWaitTimeInMs: 250 });
  const running = untilTopicExists(kafka, topic, stopping.signal).then(async (exists) => {
    if (!exists) return;
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message }) => {
        const event = readTransition(message);
        if (event === undefined || ids.has(event.id)) return;
        ids.add(event.id);
        seen.push(event);
      },
    });
  });
  return {
    /** The transitions of one model up to now, as soon as `isLast` has come. */
    async ofModel(model: string, isLast: (transition: SeenTransition) => boolean) {
      await running;
      const patience = AbortSignal.timeout(PATIENCE_MS);
      const ofModel = () => seen.filter((transition) => transition.model === model);
      while (!ofModel().some(isLast) && !patience.aborted) await sleep(50);
      return ofModel();
    },
    async stop() {
      stopping.abort();
      await running;
      await consumer.disconnect();
    },
  };
}

async function untilTopicExists(kafka: Kafka, topic: string, stopping: AbortSignal): Promise<boolean> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    while (!stopping.aborted) {
      if ((await admin.listTopics()).includes(topic)) return true;
      await sleep(100);
    }
    return false;
  } finally {
    await admin.disconnect();
  }
}

function readTransition({ key, value, headers = {} }: KafkaMessage): SeenTransition | undefined {
  const { data, ...envelope } = JSON.parse(String(value)) as Record<string, unknown> & { data: Record<string, string> };
  if (envelope['type'] !== TYPE) return undefined;
  const { model = '', version = '', from_stage: from = '', to_stage: to = '' } = data;
  const id = String(envelope['id']);
  const texts = Object.entries(headers).map(([name, text]) => [name, String(text)]);
  return { id, key: String(key), model, version, from, to, envelope, headers: Object.fromEntries(texts) };
}
