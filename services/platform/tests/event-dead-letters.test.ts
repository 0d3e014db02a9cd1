import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWith } from '@millrace/platform/testing/describe-with';
import { kafkaBrokers } from '@millrace/platform/testing/kafka';
import { anonymousIdentity } from '../src/contract/identity.ts';
import { openAccess } from '../src/contract/permissions.ts';
import type { CloudEvent } from '../src/events/cloud-event.ts';
import { openEvents } from '../src/events/events.ts';
import { startHttp } from '../src/http/server.ts';
import { serviceListener } from '../src/http/service-listener.ts';
import { Lifecycle } from '../src/lifecycle.ts';
import { outboxRouter } from '../src/outbox/outbox-router.ts';
import { startRelay } from '../src/outbox/relay.ts';
import { log, openOutbox, SCHEMA, until } from './_outbox.ts';

const TOPIC = 'millrace.sample.events';
const TOO_BIG = 'x'.repeat(2 * 2 ** 20);

describeWith('kafka', 'an event that the broker refuses', () => {
  let outbox: Awaited<ReturnType<typeof openOutbox>>;
  const lifecycle = new Lifecycle();
  const seen: CloudEvent[] = [];
  let root: string;
  beforeAll(async () => {
    outbox = await openOutbox(['a', 'b', 'c']);
    const config = {
      driver: 'kafka',
      brokers: kafkaBrokers(),
      topicPrefix: `${randomUUID()}.`,
      partitions: 3,
    } as const;
    const events = await openEvents({ ...config, replication: -1, ssl: false, login: null }, true, lifecycle, log);
    const relay = { schema: SCHEMA, topic: TOPIC, service: 'sample', pool: outbox.pool, publisher: events.publisher };
    const { wake } = startRelay(relay, lifecycle, log);
    await events.consumer.subscribe({ group: 'test', topic: TOPIC, handle: async (event) => void seen.push(event) });
    const router = outboxRouter({ ...relay, wake, authorize: openAccess });
    const listener = serviceListener({
      surfaces: [{ operations: [], router }],
      identify: anonymousIdentity(),
      title: 'Sample',
      version: '1',
      stopping: lifecycle.stopping,
      log,
    });
    const { port } = await startHttp({ listener, host: '127.0.0.1', port: 0, lifecycle });
    root = `http://127.0.0.1:${port}/api/1.0/outboxes/sample`;
  });
  afterAll(async () => {
    await lifecycle.close();
    await outbox?.close();
  });

  const get = async (path = '') => (await (await fetch(root + path)).json()) as Record<string, unknown>;
  const post = async (path: string, body: object) => {
    const init = { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const response = await fetch(`${root}/dead/${path}`, init);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const dead = async () => (await get('/dead'))['events'] as Record<string, string>[];
  const countsOf = (key: string) =>
    seen.filter(({ partitionkey }) => partitionkey === key).map(({ data }) => data['count']);
  /** Makes a waiting event as big as no broker takes it. */
  const changeTooBig = async (key: string) => {
    await outbox.pool.query(
      'create or replace function sample.blow_up() returns trigger language plpgsql as $$ begin ' +
        `new.data := new.data || jsonb_build_object('text', repeat('x', ${TOO_BIG.length})); return new; end $$`,
    );
    await outbox.pool.query(
      'create or replace trigger blow_up before insert on sample.outbox for each row execute function sample.blow_up()',
    );
    await outbox.change(key);
    await outbox.pool.query('drop trigger blow_up on sample.outbox');
  };

  it('lets those of other keys pass, is given up, and those of its key wait behind it in order', async () => {
    await outbox.change('a');
    await changeTooBig('a');
    await outbox.change('a');
    await outbox.change('b');
    await until(() => countsOf('b').length === 1);
    await until(async () => (await dead()).length === 2);
    await outbox.change('a');
    await until(async () => (await dead()).length === 3);
    await outbox.change('b');
    await until(() => countsOf('b').length === 2);
    expect(countsOf('a')).toEqual([1]);
    const [first, second, third] = await dead();
    expect(first).toMatchObject({
      type: 'thing.changed',
      key: 'a',
      attempts: 10,
      reason: expect.stringMatching(/larger|large/),
    });
    const waits = { key: 'a', reason: 'waits behind an event of its key' };
    expect([second, third]).toMatchObject([waits, waits]);
    expect(await get()).toMatchObject({ waiting: 0, dead: 3 });
  });

  it('comes back among the dead when it is replayed and nothing has changed', async () => {
    const [first] = await dead();
    expect(await post('replay', { event_id: first?.['event_id'] })).toEqual({ status: 200, body: { replayed: 3 } });
    await until(async () => (await dead()).length === 3);
    expect((await dead()).map(({ event_id }) => event_id)[0]).toBe(first?.['event_id']);
    expect(countsOf('a')).toEqual([1]);
  });

  it('goes out in its place, before the others of its key, when it is replayed after it was mended', async () => {
    await outbox.pool.query(`update sample.outbox_dead set data = data - 'text'`);
    expect(await post('replay', { key: 'a' })).toMatchObject({ body: { replayed: 3 } });
    await outbox.change('a');
    await until(() => countsOf('a').length === 5);
    expect(countsOf('a')).toEqual([1, 2, 3, 4, 5]);
    expect(await dead()).toEqual([]);
  });

  it('lets the others of its key go on when it is discarded', async () => {
    await outbox.change('c');
    await changeTooBig('c');
    await outbox.change('c');
    await until(async () => (await dead()).length === 2);
    const [first] = await dead();
    expect(await post('discard', { event_id: first?.['event_id'] })).toMatchObject({ status: 200 });
    await until(() => countsOf('c').length === 2);
    expect(countsOf('c')).toEqual([1, 3]);
    expect(await post('discard', { event_id: randomUUID() })).toMatchObject({ status: 404 });
    expect(await post('replay', {})).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } });
  });
});
