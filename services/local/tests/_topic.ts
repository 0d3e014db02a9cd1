import { setTimeout as sleep } from 'node:timers/promises';
import type { plainKafka } from '@millrace/platform/testing/plain-kafka';
import type { Message } from './_promotion.ts';

type Kafka = ReturnType<typeof plainKafka>;
type Reading = { readonly topic: string; readonly group: string };

/** What a consumer of this group gets of a topic until `enough`; where it is then is committed. */
export async function read(kafka: Kafka, { topic, group }: Reading, enough: (all: readonly Message[]) => boolean) {
  const messages: Message[] = [];
  const consumer = kafka.consumer({ groupId: group, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message: { value, headers = {} } }) => {
      const texts = Object.entries(headers).map(([name, text]) => [name, String(text)]);
      const event = JSON.parse(String(value)) as Message['value'];
      messages.push({ headers: Object.fromEntries(texts) as Message['headers'], value: event });
    },
  });
  while (!enough(messages)) await sleep(20);
  await consumer.disconnect();
  return messages;
}

/** As KEDA counts it with `offsetResetPolicy: earliest`: what a group has not consumed yet, in all partitions. */
export async function lag(kafka: Kafka, { topic, group }: Reading) {
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic);
  const [reached] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
  await admin.disconnect();
  const behind = ends.map(({ partition, high, low }) => {
    const offset = Number(reached?.partitions.find((one) => one.partition === partition)?.offset ?? -1);
    return Number(high) - (offset < 0 ? Number(low) : offset);
  });
  return { partitions: ends.length, events: behind.reduce((sum, count) => sum + count, 0) };
}
