import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type OwnKafka, ownKafka } from '@millrace/platform/testing/own-kafka';
import type { CloudEvent } from '../src/events/cloud-event.ts';
import { openEvents } from '../src/events/events.ts';
import { Lifecycle } from '../src/lifecycle.ts';
import { outboxState } from '../src/outbox/outbox-state.ts';
import { startRelay } from '../src/outbox/relay.ts';
import { log, openOutbox, SCHEMA, until } from './_outbox.ts';

const TOPIC = 'millrace.sample.events';
const KEYS = Array.from({ length: 20 }, (_, i) => `key ${i}`);
const PER_KEY = 100;

const kafka: OwnKafka | string = await ownKafka();

if (typeof kafka === 'string') describe('a broker outage', () => it.skip(`needs a broker to stop: ${kafka}`, () => {}));
else {
  describe('a broker outage', () => {
    let outbox: Awaited<ReturnType<typeof openOutbox>>;
    beforeAll(async () => {
      outbox = await openOutbox(KEYS);
    });
    afterAll(async () => {
      await outbox?.close();
      await kafka.remove();
    });

    it('delays events and loses none, and leaves them in order', async () => {
      const lifecycle = new Lifecycle();
      const seen = new Map<string, CloudEvent>();
      const config = {
        driver: 'kafka',
        brokers: kafka.brokers,
        topicPrefix: '',
        partitions: 3,
        replication: 1,
      } as const;
      const events = await openEvents({ ...config, ssl: false, login: null }, true, lifecycle, log);
      startRelay(
        { schema: SCHEMA, topic: TOPIC, service: 'sample', pool: outbox.pool, publisher: events.publisher },
        lifecycle,
        log,
      );
      const handle = async (event: CloudEvent) => {
        if (!seen.has(event.id)) seen.set(event.id, event);
      };
      await events.consumer.subscribe({ group: 'test', topic: TOPIC, handle });
      const changeAll = async (rounds: number) => {
        for (let i = 0; i < rounds; i++) await Promise.all(KEYS.map(outbox.change));
      };

      await changeAll(1);
      await until(() => seen.size === KEYS.length);
      await kafka.stop();
      await changeAll(PER_KEY - 2);
      const behind = await outboxState(outbox.pool, SCHEMA);
      expect(behind).toMatchObject({ waiting: KEYS.length * (PER_KEY - 2), dead: 0 });
      expect(behind.oldestAgeMs).toBeGreaterThan(0);
      await kafka.start();
      await changeAll(1);
      await until(() => seen.size === KEYS.length * PER_KEY);
      expect(await outbox.waiting()).toBe(0);
      await lifecycle.close();

      for (const key of KEYS) {
        const counts = [...seen.values()]
          .filter(({ partitionkey }) => partitionkey === key)
          .map(({ data }) => data['count']);
        expect(counts).toEqual(Array.from({ length: PER_KEY }, (_, i) => i + 1));
      }
    }, 180_000);
  });
}
