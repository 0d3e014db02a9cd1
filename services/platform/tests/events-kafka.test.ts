import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWith } from '@millrace/platform/testing/describe-with';
import { kafkaBrokers } from '@millrace/platform/testing/kafka';
import { plainKafka } from '@millrace/platform/testing/plain-kafka';
import type { CloudEvent } from '../src/events/cloud-event.ts';
import { openEvents } from '../src/events/events.ts';
import { Lifecycle } from '../src/lifecycle.ts';
import { startRelay } from '../src/outbox/relay.ts';
import { log, openOutbox, SCHEMA, until } from './_outbox.ts';

const TOPIC = 'millrace.sample.events';
const KEYS = ['a', 'b', 'c'];
const CHANGES = 90;

describeWith('kafka', 'events by way of Kafka', () => {
  let outbox: Awaited<ReturnType<typeof openOutbox>>;
  beforeAll(async () => {
    outbox = await openOutbox(KEYS);
  });
  afterAll(() => outbox?.close());

  const config = (brokers: readonly string[], topicPrefix = `${randomUUID()}.`) =>
    ({ driver: 'kafka', brokers, topicPrefix, partitions: 3, replication: -1, ssl: false, login: null }) as const;

  it('arrive in order per key, from two relays at two consumers, and go on after a restart', async () => {
    const settings = config(kafkaBrokers());
    const seen: CloudEvent[] = [];
    const openProcess = async () => {
      const lifecycle = new Lifecycle();
      const { publisher, consumer } = await openEvents(settings, true, lifecycle, log);
      startRelay({ schema: SCHEMA, topic: TOPIC, service: 'sample', pool: outbox.pool, publisher }, lifecycle, log);
      await consumer.subscribe({ group: 'test', topic: TOPIC, handle: async (event) => void seen.push(event) });
      return lifecycle;
    };
    const distinct = () => [...new Map(seen.map((event) => [event.id, event])).values()];
    const change = (count: number) =>
      Promise.all(Array.from({ length: count }, (_, i) => outbox.change(KEYS[i % KEYS.length] as string)));

    const both = await Promise.all([openProcess(), openProcess()]);
    await change(CHANGES / 2);
    await until(() => distinct().length === CHANGES / 2);
    await Promise.all(both.map((lifecycle) => lifecycle.close()));
    await change(CHANGES / 2);
    const restarted = await openProcess();
    await until(() => distinct().length === CHANGES);
    await restarted.close();

    for (const key of KEYS) {
      const counts = distinct()
        .filter((event) => event.partitionkey === key)
        .map(({ data }) => data['count']);
      expect(counts).toEqual(Array.from({ length: CHANGES / KEYS.length }, (_, i) => i + 1));
    }
  });

  it('carry their attributes in headers as well as in the value', async () => {
    const settings = config(kafkaBrokers());
    const lifecycle = new Lifecycle();
    const { publisher } = await openEvents(settings, true, lifecycle, log);
    startRelay({ schema: SCHEMA, topic: TOPIC, service: 'sample', pool: outbox.pool, publisher }, lifecycle, log);
    await outbox.change('a');
    await until(async () => (await outbox.waiting()) === 0);
    await lifecycle.close();

    const kafka = plainKafka(settings.brokers);
    const consumer = kafka.consumer({ groupId: randomUUID(), maxWaitTimeInMs: 250 });
    await consumer.connect();
    await consumer.subscribe({ topic: settings.topicPrefix + TOPIC, fromBeginning: true });
    const message = await new Promise<{ key: string; headers: Record<string, string>; event: CloudEvent }>((done) => {
      void consumer.run({
        eachMessage: async ({ message: { key, value, headers } }) => {
          const texts = Object.entries(headers ?? {}).map(([name, text]) => [name, String(text)]);
          done({
            key: String(key),
            headers: Object.fromEntries(texts),
            event: JSON.parse(String(value)) as CloudEvent,
          });
        },
      });
    });
    await consumer.disconnect();
    expect(message).toMatchObject({
      key: 'a',
      headers: {
        'content-type': 'application/cloudevents+json; charset=UTF-8',
        ce_id: message.event.id,
        ce_type: 'io.millrace.thing.changed.v1',
        ce_source: '/workspaces/default/sample',
        ce_specversion: '1.0',
        ce_subject: 'things/a',
        ce_partitionkey: 'a',
      },
    });
  });

  it('go to a new topic, with the configured partitions, when somebody has deleted theirs', async () => {
    const settings = config(kafkaBrokers());
    const topic = settings.topicPrefix + TOPIC;
    const lifecycle = new Lifecycle();
    const { publisher } = await openEvents(settings, true, lifecycle, log);
    startRelay({ schema: SCHEMA, topic: TOPIC, service: 'sample', pool: outbox.pool, publisher }, lifecycle, log);
    const admin = plainKafka(settings.brokers).admin();
    await admin.connect();
    const published = async () => {
      const offsets = await admin.fetchTopicOffsets(topic);
      return { partitions: offsets.length, events: offsets.reduce((sum, { high }) => sum + Number(high), 0) };
    };
    await outbox.change('a');
    await until(async () => (await outbox.waiting()) === 0);
    expect(await published()).toEqual({ partitions: 3, events: 1 });
    await admin.deleteTopics({ topics: [topic] });
    for (let i = 0; i < 2; i++) await outbox.change('a');
    await until(async () => (await outbox.waiting()) === 0);
    expect(await published()).toEqual({ partitions: 3, events: 2 });
    await admin.disconnect();
    await lifecycle.close();
  }, 60_000);

  it('wait in the outbox while no broker answers, and nothing else waits', async () => {
    const lifecycle = new Lifecycle();
    const { publisher, consumer } = await openEvents(config(['127.0.0.1:1']), true, lifecycle, log);
    startRelay({ schema: SCHEMA, topic: TOPIC, service: 'sample', pool: outbox.pool, publisher }, lifecycle, log);
    await consumer.subscribe({ group: 'test', topic: TOPIC, handle: async () => {} });
    await outbox.change('b');
    await outbox.change('b');
    expect(await outbox.waiting()).toBe(2);
    await lifecycle.close();
    expect(await outbox.waiting()).toBe(2);
  });
});
