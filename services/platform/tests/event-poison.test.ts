import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeWith } from '@millrace/platform/testing/describe-with';
import { kafkaBrokers } from '@millrace/platform/testing/kafka';
import { plainKafka } from '@millrace/platform/testing/plain-kafka';
import type { EventsConfig } from '../src/config.ts';
import { UnavailableError } from '../src/errors.ts';
import type { CloudEvent } from '../src/events/cloud-event.ts';
import { openEvents } from '../src/events/events.ts';
import { Lifecycle } from '../src/lifecycle.ts';
import { startRelay } from '../src/outbox/relay.ts';
import { log, openOutbox, SCHEMA, until } from './_outbox.ts';

const TOPIC = 'millrace.sample.events';

/** A consumer that cannot take the second event of `a` at all, and the first of `b` only when it comes for the fifth time. */
async function consume(outbox: Awaited<ReturnType<typeof openOutbox>>, config: EventsConfig) {
  const lifecycle = new Lifecycle();
  const handled: string[] = [];
  let tries = 0;
  let waits = 0;
  const handle = async ({ partitionkey, data }: CloudEvent) => {
    if (partitionkey === 'a' && data['count'] === 2) {
      tries++;
      throw new TypeError('two is not a number');
    }
    if (partitionkey === 'b' && data['count'] === 1 && ++waits < 5) throw new UnavailableError('come again');
    handled.push(`${partitionkey} ${String(data['count'])}`);
  };
  const { publisher, consumer } = await openEvents(config, true, lifecycle, log);
  startRelay({ schema: SCHEMA, topic: TOPIC, service: 'sample', pool: outbox.pool, publisher }, lifecycle, log);
  for (const key of ['a', 'a', 'a', 'b', 'b']) await outbox.change(key);
  await consumer.subscribe({ group: 'picky', topic: TOPIC, handle, attempts: 3 });
  await until(() => handled.length === 4);
  await lifecycle.close();
  return { handled, tries };
}

const expectOthersHandled = ({ handled, tries }: Awaited<ReturnType<typeof consume>>) => {
  expect(tries).toBe(3);
  const of = (key: string) => handled.filter((text) => text.startsWith(key));
  expect([of('a'), of('b')]).toEqual([
    ['a 1', 'a 3'],
    ['b 1', 'b 2'],
  ]);
};

describe('an event that a consumer of the log in PostgreSQL cannot handle', () => {
  it('goes to the dead letters after some attempts, of which outages are none, and comes again when it is given back', async () => {
    const outbox = await openOutbox(['a', 'b']);
    const config = { driver: 'postgres', url: outbox.database.url } as const;
    expectOthersHandled(await consume(outbox, config));
    const { rows } = await outbox.pool.query('select consumer, topic, event, error, attempts from events.dead_letter');
    const error = 'TypeError: two is not a number';
    const event = expect.objectContaining({ partitionkey: 'a', data: expect.objectContaining({ count: 2 }) });
    expect(rows).toEqual([{ consumer: 'picky', topic: TOPIC, event, error, attempts: 3 }]);

    // given back in the documented way
    const page = await readFile(new URL('../../../docs/events.md', import.meta.url), 'utf8');
    const [, sql = ''] = /```sql\n(begin;[\s\S]*?commit;)\n```/.exec(page) ?? [];
    const here = sql.replaceAll('millrace-tracking', 'picky').replaceAll('millrace.registry.events', TOPIC);
    await outbox.pool.query(here);
    const lifecycle = new Lifecycle();
    const again: unknown[] = [];
    const { consumer } = await openEvents(config, true, lifecycle, log);
    const handle = async ({ partitionkey, data }: CloudEvent) =>
      void again.push(`${partitionkey} ${String(data['count'])}`);
    await consumer.subscribe({ group: 'picky', topic: TOPIC, handle });
    await until(() => again.length > 0);
    await lifecycle.close();
    expect(again).toEqual(['a 2']);
    expect((await outbox.pool.query('select from events.dead_letter')).rowCount).toBe(0);
    await outbox.close();
  });
});

describeWith('kafka', 'an event that a consumer of Kafka cannot handle', () => {
  let outbox: Awaited<ReturnType<typeof openOutbox>>;
  beforeAll(async () => {
    outbox = await openOutbox(['a', 'b']);
  });
  afterAll(() => outbox?.close());

  it('goes to the topic of dead letters after some attempts, as it was, with what is wrong in headers', async () => {
    const topicPrefix = `${randomUUID()}.`;
    const brokers = [...kafkaBrokers()];
    const config = { driver: 'kafka', brokers, topicPrefix, partitions: 3, replication: -1 } as const;
    expectOthersHandled(await consume(outbox, { ...config, ssl: false, login: null }));

    const consumer = plainKafka(brokers).consumer({ groupId: randomUUID() });
    await consumer.connect();
    await consumer.subscribe({ topic: `${topicPrefix}${TOPIC}.dlq`, fromBeginning: true });
    const letter = await new Promise<{ event: CloudEvent; headers: Record<string, string> }>((done) => {
      void consumer.run({
        eachMessage: async ({ message: { value, headers = {} } }) => {
          const texts = Object.entries(headers).map(([name, text]) => [name, String(text)]);
          done({ event: JSON.parse(String(value)) as CloudEvent, headers: Object.fromEntries(texts) });
        },
      });
    });
    await consumer.disconnect();
    expect(letter).toMatchObject({
      event: { partitionkey: 'a', data: { count: 2 } },
      headers: {
        ce_id: letter.event.id,
        'x-error': 'TypeError: two is not a number',
        'x-attempts': '3',
        'x-group': `${topicPrefix}picky`,
        'x-first-failed-at': expect.stringMatching(/^\d{4}-/),
        'x-position': expect.stringMatching(/events\/\d\/\d+$/),
      },
    });
  });
});
