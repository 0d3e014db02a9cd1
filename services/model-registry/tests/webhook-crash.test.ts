import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase } from '@millrace/platform/testing/database';
import { deliveryId, ok, type Received, type Receiver, startReceiver } from './_receiver.ts';
import { startRegistryProcess } from './_registry-process.ts';
import type { Json } from './_service.ts';
import { LOOPBACK, MODEL_CREATED } from './_webhooks.ts';

describe('a registry that gets SIGKILL', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let receiver: Receiver;
  const start = () => startRegistryProcess({ ...LOOPBACK, DATABASE_URL: database.url });
  type Registry = Awaited<ReturnType<typeof start>>;
  let running: Registry | undefined;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => {
    await database?.[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    receiver = await startReceiver();
  });
  afterEach(async () => {
    await running?.kill();
    await receiver.close();
  });

  const listen = async (registry: Registry) => {
    const made = await registry.post('webhooks', { name: 'w', url: receiver.url, events: [MODEL_CREATED] });
    expect(made).toMatchObject({ status: 200 });
  };
  const create = async (registry: Registry) => {
    const name = `m-${crypto.randomUUID()}`;
    return (await registry.post('registered-models/create', { name })).status === 200 ? name : undefined;
  };
  const nameOf = ({ json }: Received) => (json['data'] as Json)['name'];
  /** Waits until the receiver has been told of each of these. */
  const untilTold = async (names: readonly string[]) => {
    let count = 0;
    while (!names.every((name) => receiver.received.some((one) => nameOf(one) === name))) await receiver.first(++count);
  };

  it('after it answered and before it delivered, delivers all of it in order when it is started again', async () => {
    const first = await start();
    running = first;
    await listen(first);
    const created: string[] = [];
    let count = 0;
    receiver.behave(ok);
    const working = (async () => {
      for (;;) {
        const name = await create(first).catch(() => undefined);
        if (name === undefined) return;
        created.push(name);
        if (++count === 30) void first.kill();
      }
    })();
    await working;
    await first.kill();
    running = await start();
    await untilTold(created);
    const order = [...new Map(receiver.received.map((one) => [deliveryId(one), nameOf(one)])).values()];
    expect(order.filter((name) => created.includes(String(name)))).toEqual(created);
  }, 120_000);

  it('while a delivery is under way, delivers it again under the same id', async () => {
    const first = await start();
    running = first;
    await listen(first);
    const killed = new Promise<void>((done) =>
      receiver.behave(() => {
        void first.kill().then(done);
        return 'hang';
      }),
    );
    const name = await create(first);
    await killed;
    receiver.behave(ok);
    running = await start();
    const [cut, again] = await receiver.first(2);
    expect([cut, again].map((one) => one && nameOf(one))).toEqual([name, name]);
    expect(again && deliveryId(again)).toBe(cut && deliveryId(cut));
  }, 120_000);
});
