import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { deliveryId, ok, type Received, type Receiver, startReceiver } from './_receiver.ts';
import { type Json, missing, startService } from './_service.ts';
import { LOOPBACK, startWebhookService, type WebhookService } from './_webhooks.ts';

const TRANSITIONED = ['model_version.stage_transitioned'];

describe('a delivery to a webhook', () => {
  let service: WebhookService;
  let receiver: Receiver;
  beforeAll(async () => {
    service = await startWebhookService({ WEBHOOK_REQUEST_TIMEOUT_SECONDS: '1' });
  });
  afterAll(() => service?.close());
  beforeEach(async () => {
    receiver = await startReceiver();
  });
  afterEach(() => receiver.close());

  const modelOf = ({ json }: Received) => (json['data'] as Json)['name'];
  const over = (deliveries: readonly Json[]) => deliveries.every(({ status }) => status !== 'PENDING');

  it('is tried again until it is taken, under the same id', async () => {
    receiver.behave((_, count) => ({ status: count < 3 ? 500 : 204, body: count < 3 ? 'not yet' : '' }));
    const id = await service.newWebhook(receiver.url, { secret: 's' });
    await service.newModel();
    const received = await receiver.first(3);
    expect(new Set(received.map(deliveryId)).size).toBe(1);
    expect(new Set(received.map(({ text }) => text)).size).toBe(1);
    const [logged] = await service.logged(id, over);
    expect(logged).toMatchObject({
      status: 'DELIVERED',
      event: 'registered_model.created',
      attempt_count: 3,
      response_status: 204,
    });
    const { attempts } = await service.delivery(id, String(logged?.['delivery_id']));
    expect(attempts).toMatchObject([
      { response_status: 500, response_body: 'not yet', error_message: 'the receiver answered 500' },
      { response_status: 500 },
      { response_status: 204 },
    ]);
  });

  it('comes again no earlier than the receiver asked for', async () => {
    receiver.behave((_, count) => (count === 1 ? { status: 429, headers: { 'retry-after': '2' } } : { status: 200 }));
    const id = await service.newWebhook(receiver.url);
    await service.newModel();
    const [logged] = await service.logged(id, over);
    const { attempts } = await service.delivery(id, String(logged?.['delivery_id']));
    const [first, second] = (attempts as { timestamp: number }[]).map(({ timestamp }) => timestamp);
    expect(Number(second)).toBeGreaterThanOrEqual(Number(first) + 2_000);
  });

  it('to a receiver that hangs or that nobody is, counts as failed and waits for its next attempt', async () => {
    receiver.behave((_, count) => (count === 1 ? 'hang' : { status: 200 }));
    const hanging = await service.newWebhook(receiver.url);
    const nobody = await service.newWebhook('http://127.0.0.1:1/');
    await service.newModel();
    const [taken] = await service.logged(hanging, over);
    const { attempts } = await service.delivery(hanging, String(taken?.['delivery_id']));
    expect(attempts).toMatchObject([{ error_message: 'no answer within 1 s' }, { response_status: 200 }]);
    const [waiting] = await service.logged(nobody, ([one]) => Number(one?.['attempt_count']) > 0);
    expect(waiting).toMatchObject({ status: 'PENDING', error_message: expect.stringContaining('ECONNREFUSED') });
    await service.delete(`webhooks/${nobody}`);
  });

  it('disables the webhook when the receiver says that it is gone', async () => {
    receiver.behave(() => ({ status: 410 }));
    const id = await service.newWebhook(receiver.url);
    await service.newModel();
    await service.newModel();
    const log = await service.logged(id, over);
    expect(log.filter(({ status }) => status === 'FAILED').length).toBeGreaterThan(0);
    expect(receiver.received).toHaveLength(1);
    expect(await service.webhook(id)).toMatchObject({
      status: 'DISABLED',
      disabled_reason: expect.stringContaining('410'),
    });
    receiver.behave(ok);
    const { body } = await service.patch(`webhooks/${id}`, { status: 'ACTIVE' });
    expect(body['webhook']).not.toHaveProperty('disabled_reason');
    await service.newModel();
    await receiver.first(2);
  });

  it('follows no redirect', async () => {
    const elsewhere = await startReceiver();
    receiver.behave(() => ({ status: 302, headers: { location: elsewhere.url } }));
    const id = await service.newWebhook(receiver.url);
    await service.newModel();
    const [logged] = await service.logged(id, ([one]) => Number(one?.['attempt_count']) > 0);
    expect(logged).toMatchObject({ status: 'PENDING', response_status: 302 });
    const test = await service.post(`webhooks/${id}/test`);
    expect(test.body['result']).toMatchObject({ success: false, response_status: 302 });
    expect(elsewhere.received).toEqual([]);
    await elsewhere.close();
  });

  it('keeps the order of each model, also while the receiver refuses some at first', async () => {
    const known = new Set<string>();
    receiver.behave((received) => {
      const isNew = known.size < known.add(deliveryId(received)).size;
      return { status: isNew && known.size % 3 === 0 ? 503 : 200 };
    });
    const id = await service.newWebhook(receiver.url, { event_types: TRANSITIONED });
    const names = [await service.newModel(), await service.newModel(), await service.newModel()];
    for (const name of names) await service.newVersion(name);
    const stages = ['Staging', 'Production', 'Archived', 'Staging', 'Production', 'None'];
    await Promise.all(
      names.map(async (name) => {
        for (const stage of stages) await service.move(name, '1', stage);
      }),
    );
    await service.logged(id, (log) => log.length === names.length * stages.length && over(log));
    const firstTaken = new Map(receiver.received.map((one) => [deliveryId(one), one]));
    const last = receiver.received.filter(
      (one, i) => receiver.received.findLastIndex((other) => deliveryId(other) === deliveryId(one)) === i,
    );
    expect(firstTaken.size).toBe(names.length * stages.length);
    for (const name of names) {
      const moves = last.map(({ json }) => json['data'] as Json).filter(({ model }) => model === name);
      expect(moves.map((data) => data['to_stage'])).toEqual(stages);
    }
  });

  it('that is refused for good does not hold up later ones, which it goes before when they come', async () => {
    let poison = '';
    receiver.behave((received) => {
      poison ||= deliveryId(received);
      return { status: deliveryId(received) === poison ? 422 : 200 };
    });
    const id = await service.newWebhook(receiver.url, { event_types: TRANSITIONED });
    const name = await service.newModel();
    await service.newVersion(name);
    await service.move(name, '1', 'Staging');
    await service.logged(id, ([one]) => Number(one?.['attempt_count']) > 0);
    await service.move(name, '1', 'Production');
    const [first, again, later] = await receiver.first(3);
    expect([first, again].map((one) => one && deliveryId(one))).toEqual([poison, poison]);
    expect(later?.json).toMatchObject({ data: { to_stage: 'Production' } });
    const log = await service.logged(id, ([newest]) => newest?.['status'] === 'DELIVERED');
    expect(log).toMatchObject([{ status: 'DELIVERED' }, { status: 'PENDING', response_status: 422, attempt_count: 2 }]);
  });

  it('reaches every other receiver while one hangs', async () => {
    const dead = await startReceiver(() => 'hang');
    const living = await Promise.all(Array.from({ length: 10 }, () => startReceiver()));
    const ids = [await service.newWebhook(dead.url)];
    for (const one of living) ids.push(await service.newWebhook(one.url));
    const names: string[] = [];
    for (let i = 0; i < 10; i++) names.push(await service.newModel());
    for (const one of living) expect((await one.first(10)).map(modelOf)).toEqual(names);
    const [waiting] = await service.deliveries(ids[0] ?? '');
    expect(waiting).toMatchObject({ status: 'PENDING' });
    for (const id of ids) await service.delete(`webhooks/${id}`);
    await Promise.all([dead, ...living].map((one) => one.close()));
  });

  it('waits while the receiver is down, and then goes out with all others, the oldest first', async () => {
    receiver.behave((_, count) => ({ status: count <= 3 ? 503 : 200 }));
    const id = await service.newWebhook(receiver.url);
    const names: string[] = [];
    for (let i = 0; i < 5; i++) names.push(await service.newModel());
    const log = await service.logged(id, over);
    expect(log.map(({ attempt_count }) => attempt_count).reverse()).toEqual([2, 2, 2, 1, 1]);
    expect(receiver.received.slice(3).map(modelOf)).toEqual(names);
  });

  it('is made once and in order, however many processes could make it', async () => {
    const others = await Promise.all(
      [1, 2].map(() => startService({ ...LOOPBACK, DATABASE_URL: service.config.database.url })),
    );
    const id = await service.newWebhook(receiver.url);
    const names: string[] = [];
    for (let i = 0; i < 20; i++) {
      for (const one of [service, ...others]) names.push(await one.newModel());
    }
    await service.logged(id, (log) => log.length === names.length && over(log));
    expect(receiver.received.map(modelOf)).toEqual(names);
    for (const other of others) await other.lifecycle.close();
  });

  it('can be asked for again, alone or with all since a time, under the id it had', async () => {
    const id = await service.newWebhook(receiver.url);
    await service.newModel();
    const [old] = await service.logged(id, (log) => log.length === 1 && over(log));
    await new Promise((done) => setTimeout(done, 5));
    const since = Date.now();
    await service.newModel();
    await service.newModel();
    const log = await service.logged(id, (all) => all.length === 3 && over(all));
    const ids = log.map(({ delivery_id }) => delivery_id).reverse();
    expect(receiver.received.map(deliveryId)).toEqual(ids);

    const one = await service.post(`webhooks/${id}/deliveries/${String(old?.['delivery_id'])}/redeliver`);
    expect(one).toMatchObject({ status: 200, body: { delivery: { delivery_id: ids[0] } } });
    expect((await receiver.first(4)).map(deliveryId).at(-1)).toBe(ids[0]);
    await service.logged(id, over);

    expect(await service.post(`webhooks/${id}/redeliver`, { since })).toMatchObject({ body: { redelivered: 2 } });
    expect((await receiver.first(6)).map(deliveryId).slice(4)).toEqual(ids.slice(1));
    await service.logged(id, over);
    const none = { since: 0, until: since - 1, status: 'FAILED' };
    expect(await service.post(`webhooks/${id}/redeliver`, none)).toMatchObject({ body: { redelivered: 0 } });

    expect(await service.deliveries(id, { status: 'FAILED' })).toEqual([]);
    const page = await service.get(`webhooks/${id}/deliveries`, { max_results: '2' });
    expect(page.body['deliveries']).toHaveLength(2);
    const next = { page_token: String(page.body['next_page_token']) };
    expect(await service.deliveries(id, next)).toMatchObject([{ delivery_id: ids[0], attempt_count: 2 }]);
    const unknown = `webhooks/${id}/deliveries/${crypto.randomUUID()}`;
    expect(await service.get(unknown)).toMatchObject(missing('Delivery with ID'));
    const other = await service.newWebhook(receiver.url);
    expect(await service.get(`webhooks/${other}/deliveries/${String(ids[0])}`)).toMatchObject({ status: 404 });
  });
});

describe('the test call of a webhook', () => {
  let service: WebhookService;
  let receiver: Receiver;
  beforeAll(async () => {
    service = await startWebhookService();
    receiver = await startReceiver((_, count) =>
      count === 2 ? { status: 401, body: 'who?' } : { status: 200, body: 'fine' },
    );
  });
  afterAll(async () => {
    await service?.close();
    await receiver?.close();
  });

  it('sends an example at once, to a disabled webhook too, and answers what came back', async () => {
    const events = [
      { entity: 'PROMPT_TAG', action: 'SET' },
      { entity: 'MODEL_VERSION', action: 'CREATED' },
    ];
    const event_types = ['model_version.stage_transitioned'];
    const id = await service.newWebhook(receiver.url, { events, event_types, status: 'DISABLED', secret: 's' });
    const test = async (body: Json = {}) => (await service.post(`webhooks/${id}/test`, body)).body['result'];
    expect(await test()).toEqual({ success: true, response_status: 200, response_body: 'fine' });
    expect(await test({ event: events[0] })).toEqual({ success: false, response_status: 401, response_body: 'who?' });
    expect(await test({ event_type: event_types[0] })).toMatchObject({ success: true });
    const [first, second, third] = receiver.received;
    expect(first?.json).toMatchObject({
      entity: 'model_version',
      data: { name: 'example_model', source: 'models:/123' },
    });
    expect(second?.json).toMatchObject({ entity: 'prompt_tag', action: 'set', data: { key: 'example_key' } });
    expect(third?.json).toMatchObject({ data: { to_stage: 'Production', actor: 'webhook-test' } });
    expect(await service.deliveries(id)).toEqual([]);
  });

  it('answers with the reason where nobody could be reached', async () => {
    const id = await service.newWebhook('http://127.0.0.1:1/');
    const { status, body } = await service.post(`webhooks/${id}/test`);
    const error_message = expect.stringMatching(/^Failed to test webhook: .*ECONNREFUSED/);
    expect([status, body]).toEqual([200, { result: { success: false, error_message } }]);
  });
});
