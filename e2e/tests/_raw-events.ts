import { plainKafka } from '@millrace/platform/testing/plain-kafka';

export type RawEvent = {
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, string>>;
};

/** Everything that stands on a topic, in the order of arrival, with what stands there twice. The topic must exist. */
export async function readRaw(brokers: readonly string[], topic: string) {
  const kafka = plainKafka(brokers, 'checker');
  const events: RawEvent[] = [];
  const consumer = kafka.consumer({ groupId: `${topic}.${crypto.randomUUID()}`, maxWaitTimeInMs: 250 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message: { value } }) => void events.push(JSON.parse(String(value)) as RawEvent),
  });
  return { events, stop: () => consumer.disconnect() };
}
