import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeWith } from '@millrace/platform/testing/describe-with';
import { kafkaBrokers } from '@millrace/platform/testing/kafka';
import { ThingChangedSchema } from '@millrace/proto/test/sample/v1/events';
import type { EventsConfig } from '../src/config.ts';
import { anonymousIdentity } from '../src/contract/identity.ts';
import type { CloudEvent } from '../src/events/cloud-event.ts';
import { eventStreamRouter } from '../src/events/event-stream-router.ts';
import { openEvents } from '../src/events/events.ts';
import { StreamRefusedError } from '../src/events/stream-client.ts';
import { type Subscribed, subscribe } from '../src/events/subscribe.ts';
import { startHttp } from '../src/http/server.ts';
import { serviceListener } from '../src/http/service-listener.ts';
import { Lifecycle } from '../src/lifecycle.ts';
import { startRelay } from '../src/outbox/relay.ts';
import { log, openOutbox, SCHEMA, until } from './_outbox.ts';

const TOPIC = 'millrace.sample.events';
const TYPE = 'io.millrace.thing.changed.v1';
const KEYS = ['a', 'b', 'secret'];

type Page = { readonly events: readonly CloudEvent[]; readonly cursor: string };

/** The behaviour of the stream is the same, whatever the events come from. */
function streamTests(eventsOf: (url: string) => EventsConfig): void {
  let outbox: Awaited<ReturnType<typeof openOutbox>>;
  let config: EventsConfig;
  let server: Awaited<ReturnType<typeof serve>>;
  const relays = new Lifecycle();
  beforeAll(async () => {
    outbox = await openOutbox(KEYS);
    config = eventsOf(outbox.database.url);
    const { publisher } = await openEvents(config, true, relays, log);
    startRelay({ schema: SCHEMA, topic: TOPIC, service: 'sample', pool: outbox.pool, publisher }, relays, log);
    server = await serve(0);
  });
  afterAll(async () => {
    await server?.close();
    await relays.close();
    await outbox?.close();
  });

  async function serve(port: number) {
    const lifecycle = new Lifecycle();
    const { reader } = await openEvents(config, true, lifecycle, log);
    const mayRead = async () => (event: CloudEvent) => event.partitionkey !== 'secret';
    const router = eventStreamRouter({ reader, topics: [TOPIC], types: [TYPE], mayRead, lifecycle, maxReaders: 3 });
    const listener = serviceListener({
      surfaces: [{ operations: [], router }],
      identify: anonymousIdentity(),
      title: 'Sample',
      version: '1',
      stopping: lifecycle.stopping,
      log,
    });
    const http = await startHttp({ listener, host: '127.0.0.1', port, lifecycle });
    return { port: http.port, url: `http://127.0.0.1:${http.port}`, close: () => lifecycle.close() };
  }
  /** As clients do, asks again when told to come back later. */
  const get = async (query: Record<string, string>) => {
    const ask = () => fetch(`${server.url}/api/1.0/events?${new URLSearchParams(query)}`);
    let response = await ask();
    while (response.status === 503) response = await ask();
    return { status: response.status, body: (await response.json()) as Page & Record<string, unknown> };
  };
  const told = ({ partitionkey, data }: { partitionkey: string; data: object }) =>
    `${partitionkey} ${String((data as { count?: unknown }).count)}`;
  /** Follows until it is closed; gives what came. */
  const follow = async (since: string) => {
    const came: string[] = [];
    let cursor = since;
    const subscribed: Subscribed = await subscribe({
      url: server.url,
      types: [ThingChangedSchema],
      since,
      saved: (reached) => {
        cursor = reached;
      },
      handle: async (event) => void came.push(told(event)),
      log,
    });
    return { came, cursor: () => cursor, ...subscribed };
  };

  it('comes in pages, each of which goes on where the one before ended', async () => {
    for (const key of ['a', 'b', 'a', 'secret', 'b']) await outbox.change(key);
    await until(async () => (await outbox.waiting()) === 0);
    const events: CloudEvent[] = [];
    let after = 'earliest';
    for (;;) {
      const { body } = await get({ after, max_results: '3' });
      events.push(...body.events);
      after = body.cursor;
      if (body.events.length === 0) break;
    }
    for (const key of ['a', 'b']) {
      expect(events.filter(({ partitionkey }) => partitionkey === key).map(told)).toEqual([`${key} 1`, `${key} 2`]);
    }
    expect(events).toHaveLength(4);
    expect((await get({})).body.events).toEqual([]);
    await outbox.change('a');
    const late = await get({ after, wait_seconds: '20', types: 'thing.changed' });
    expect(late.body.events.map(told)).toEqual(['a 3']);
  });

  it('flows to a subscriber, who goes on where it was after it or the server has stopped', async () => {
    const { cursor } = (await get({ after: 'latest' })).body;
    const first = await follow(cursor);
    await outbox.change('b');
    await until(() => first.came.length === 1);
    await first.close();
    await outbox.change('b');
    const second = await follow(first.cursor());
    await until(() => second.came.length === 1);
    await server.close();
    await outbox.change('secret');
    await outbox.change('b');
    server = await serve(server.port);
    await until(() => second.came.length === 2);
    await second.close();
    expect([...first.came, ...second.came]).toEqual(['b 3', 'b 4', 'b 5']);
  });

  it('is refused to whoever asks for what there is not, and to one reader too many', async () => {
    expect(await get({ after: 'yesterday' })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("'after'") },
    });
    expect(await get({ types: 'thing.born' })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('thing.born') },
    });
    expect(await get({ workspace: 'other' })).toMatchObject({ status: 400 });
    expect(await get({ max_results: '0' })).toMatchObject({ status: 400 });
    const refused = await follow('yesterday');
    await expect(refused.ended).rejects.toBeInstanceOf(StreamRefusedError);
    const accept = { headers: { accept: 'text/event-stream' } };
    const streams = await Promise.all(Array.from({ length: 3 }, () => fetch(`${server.url}/api/1.0/events`, accept)));
    expect(await get({})).toMatchObject({ status: 429 });
    for (const stream of streams) await stream.body?.cancel();
    await until(async () => (await get({})).status === 200);
  });
}

describe('the stream of events from the log in PostgreSQL', () => streamTests((url) => ({ driver: 'postgres', url })));

describeWith('kafka', 'the stream of events from Kafka', () => {
  const topicPrefix = `${randomUUID()}.`;
  const config = { driver: 'kafka', topicPrefix, partitions: 3, replication: -1, ssl: false, login: null } as const;
  streamTests(() => ({ ...config, brokers: kafkaBrokers() }));

  it('can be left out: a subscriber reads Kafka itself', async () => {
    const outbox = await openOutbox(['k']);
    const lifecycle = new Lifecycle();
    const kafka = { ...config, topicPrefix: `${randomUUID()}.`, brokers: kafkaBrokers() };
    const { publisher } = await openEvents(kafka, true, lifecycle, log);
    startRelay({ schema: SCHEMA, topic: TOPIC, service: 'sample', pool: outbox.pool, publisher }, lifecycle, log);
    const came: unknown[] = [];
    const handle = async ({ data }: { data: { actor: string } }) => void came.push(data.actor);
    const subscribed = await subscribe({
      kafka,
      topics: [TOPIC],
      group: 'ci',
      types: [ThingChangedSchema],
      handle,
      log,
    });
    await outbox.change('k');
    await until(() => came.length === 1);
    expect(came).toEqual(['ada']);
    await subscribed.close();
    await lifecycle.close();
    await outbox.close();
  });
});
