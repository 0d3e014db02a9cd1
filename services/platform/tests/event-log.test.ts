import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CloudEvent } from '../src/events/cloud-event.ts';
import { openEvents } from '../src/events/events.ts';
import { Lifecycle } from '../src/lifecycle.ts';
import { handleOnce } from '../src/outbox/inbox.ts';
import { startRelay } from '../src/outbox/relay.ts';
import { log, openOutbox, SCHEMA, until } from './_outbox.ts';

const TOPIC = 'millrace.sample.events';
const KEYS = ['a', 'b', 'c'];
const CHANGES = 120;

describe('events by way of the log in PostgreSQL', () => {
  let outbox: Awaited<ReturnType<typeof openOutbox>>;
  beforeAll(async () => {
    outbox = await openOutbox(KEYS);
  });
  afterAll(() => outbox?.close());

  /** A process of its own, as far as relays and consumers are concerned. */
  const openProcess = async () => {
    const lifecycle = new Lifecycle();
    const events = await openEvents({ driver: 'postgres', url: outbox.database.url }, true, lifecycle, log);
    return { lifecycle, ...events };
  };

  it('arrive in order per key, each as often as it happened, with two relays and two consumers at work', async () => {
    const processes = [await openProcess(), await openProcess()];
    const seen: CloudEvent[] = [];
    const group = 'test-order';
    for (const { lifecycle, publisher, consumer } of processes) {
      const relay = { schema: SCHEMA, topic: TOPIC, service: 'sample', pool: outbox.pool, publisher };
      startRelay(relay, lifecycle, log);
      await consumer.subscribe({ group, topic: TOPIC, handle: async (event) => void seen.push(event) });
    }
    await Promise.all(Array.from({ length: CHANGES }, (_, i) => outbox.change(KEYS[i % KEYS.length] as string)));
    await until(() => seen.length >= CHANGES);
    await Promise.all(processes.map(({ lifecycle }) => lifecycle.close()));

    expect(await outbox.waiting()).toBe(0);
    for (const key of KEYS) {
      const counts = seen.filter((event) => event.partitionkey === key).map(({ data }) => data['count']);
      expect(counts).toEqual(Array.from({ length: CHANGES / KEYS.length }, (_, i) => i + 1));
    }
    expect(new Set(seen.map(({ id }) => id)).size).toBe(CHANGES);
    expect(seen[0]).toEqual({
      specversion: '1.0',
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/),
      type: 'io.millrace.thing.changed.v1',
      source: '/workspaces/default/sample',
      subject: expect.stringMatching(/^things\//),
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      datacontenttype: 'application/json',
      dataschema: '/schemas/thing.changed.v1.json',
      partitionkey: expect.any(String),
      sequence: expect.stringMatching(/^\d{20}$/),
      data: { event: 'thing.changed', workspace: 'default', actor: 'ada', count: 1 },
    });
  });

  it('come again to a consumer that failed, before any later one', async () => {
    const { lifecycle, publisher, consumer } = await openProcess();
    startRelay({ schema: SCHEMA, topic: 'retry', service: 'sample', pool: outbox.pool, publisher }, lifecycle, log);
    const handled: unknown[] = [];
    let failures = 2;
    await consumer.subscribe({
      group: 'test-retry',
      topic: 'retry',
      handle: async ({ subject }) => {
        if (failures-- > 0) throw new Error('not now');
        handled.push(subject);
      },
    });
    await outbox.change('a');
    await outbox.change('b');
    await until(() => handled.length === 2);
    await lifecycle.close();
    expect(handled).toEqual(['things/a', 'things/b']);
  });

  it('go on where a group stopped, and start from the beginning for a new one', async () => {
    const first = await openProcess();
    startRelay(
      { schema: SCHEMA, topic: 'resume', service: 'sample', pool: outbox.pool, publisher: first.publisher },
      first.lifecycle,
      log,
    );
    const seen: string[] = [];
    const record = (name: string) => async (event: CloudEvent) => void seen.push(`${name} ${event.subject}`);
    await first.consumer.subscribe({ group: 'one', topic: 'resume', handle: record('one') });
    await outbox.change('a');
    await until(() => seen.length === 1);
    await first.lifecycle.close();

    const second = await openProcess();
    startRelay(
      { schema: SCHEMA, topic: 'resume', service: 'sample', pool: outbox.pool, publisher: second.publisher },
      second.lifecycle,
      log,
    );
    await outbox.change('b');
    await second.consumer.subscribe({ group: 'one', topic: 'resume', handle: record('one again') });
    await second.consumer.subscribe({ group: 'two', topic: 'resume', handle: record('two') });
    await until(() => seen.length === 4);
    await second.lifecycle.close();
    expect(seen.sort()).toEqual(['one again things/b', 'one things/a', 'two things/a', 'two things/b']);
  });

  it('begin with what comes next for a new group that asks for that', async () => {
    const { lifecycle, publisher, consumer } = await openProcess();
    const options = { schema: SCHEMA, topic: 'next', service: 'sample', pool: outbox.pool, publisher };
    startRelay(options, lifecycle, log);
    await outbox.change('a');
    await until(async () => (await outbox.waiting()) === 0);
    const seen: string[] = [];
    const handle = async (event: CloudEvent) => void seen.push(event.subject);
    await consumer.subscribe({ group: 'late', topic: 'next', since: 'latest', handle });
    await outbox.change('b');
    await until(() => seen.length > 0);
    await lifecycle.close();
    expect(seen).toEqual(['things/b']);
  });

  it('have their effect once, however often they come', async () => {
    const eventId = '01a21321-e845-739e-91cf-4b1e309cc039';
    const add = () =>
      handleOnce(outbox.pool, { schema: SCHEMA, consumer: 'counter', eventId }, async (tx) => {
        await tx.query(`insert into sample.thing (key, count) values ('once', 1)
          on conflict (key) do update set count = sample.thing.count + 1`);
      });
    await Promise.all([add(), add()]);
    await add();
    const { rows } = await outbox.pool.query(`select count from sample.thing where key = 'once'`);
    expect(rows).toEqual([{ count: 1 }]);
  });
});
