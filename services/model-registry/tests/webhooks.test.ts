import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { invalid, type Json, missing, refusal, startService } from './_service.ts';
import { MODEL_CREATED, openDatabase, startWebhookService, VERSION_CREATED, type WebhookService } from './_webhooks.ts';

const URL_GIVEN = 'https://example.com/hook';
const UNKNOWN = '0b7ba3b6-6a4c-4b2b-9f0c-2f2f8c4c1e11';

describe('webhooks', () => {
  let service: WebhookService;
  beforeAll(async () => {
    service = await startWebhookService();
  });
  afterAll(() => service?.close());

  const create = (body: Json) =>
    service.post('webhooks', { name: 'w', url: URL_GIVEN, events: [MODEL_CREATED], ...body });

  it('are made and found again, their secret is not', async () => {
    const answer = await create({ description: 'd', secret: 'hidden', events: [VERSION_CREATED, MODEL_CREATED] });
    const webhook = answer.body['webhook'] as Json;
    expect(webhook).toEqual({
      webhook_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'w',
      description: 'd',
      url: URL_GIVEN,
      events: [VERSION_CREATED, MODEL_CREATED],
      status: 'ACTIVE',
      creation_timestamp: expect.any(Number),
      last_updated_timestamp: webhook['creation_timestamp'],
    });
    expect(await service.webhook(String(webhook['webhook_id']))).toEqual(webhook);
  });

  it('keep no secret and no header readable in the database', async () => {
    const id = await service.newWebhook(URL_GIVEN, {
      secret: 'hidden-secret',
      headers: { Authorization: 'Bearer hidden-token' },
    });
    await service.patch(`webhooks/${id}`, { secret: 'hidden-secret-2' });
    const { pool, close } = openDatabase(service);
    const { rows } = await pool.query<object>('select * from registry.webhook where webhook_id = $1', [id]);
    await close();
    const row = JSON.stringify(rows[0], (_, value: unknown) =>
      isBuffer(value) ? Buffer.from(value.data).toString('latin1') : value,
    );
    expect(row).toContain('authorization');
    expect(row).not.toContain('hidden');
    expect(await service.webhook(id)).toMatchObject({ header_names: ['authorization'] });
  });

  it('are listed newest first, by pages', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) ids.unshift(await service.newWebhook(URL_GIVEN));
    const first = await service.get('webhooks', { max_results: '2' });
    const second = await service.get('webhooks', {
      max_results: '1',
      page_token: String(first.body['next_page_token']),
    });
    const listed = [first, second].flatMap(({ body }) => body['webhooks'] as { webhook_id: string }[]);
    expect(listed.map((one) => one.webhook_id)).toEqual(ids);
    for (const max of ['1001', '-1']) {
      expect(await service.get('webhooks', { max_results: max })).toMatchObject(
        invalid('max_results must be between 1 and 1000'),
      );
    }
    expect(await service.get('webhooks', { page_token: 'evilhax' })).toMatchObject(invalid('could not base64-decode'));
  });

  it('change only where something is given, and always count as changed', async () => {
    const id = await service.newWebhook(URL_GIVEN, { description: 'kept', events: [MODEL_CREATED] });
    let last = await service.webhook(id);
    for (let i = 0; i < 5; i++) {
      const { body } = await service.patch(`webhooks/${id}`, { name: '', url: '', events: [] });
      const now = body['webhook'] as Json;
      expect(now).toEqual({ ...last, last_updated_timestamp: now['last_updated_timestamp'] });
      expect(now['last_updated_timestamp']).toBeGreaterThan(Number(last['last_updated_timestamp']));
      last = now;
    }
    const changes = { name: 'n2', url: 'https://example.org/', events: [VERSION_CREATED], status: 'DISABLED' };
    const { body } = await service.patch(`webhooks/${id}`, { ...changes, webhook_id: UNKNOWN });
    expect(body['webhook']).toMatchObject({ ...changes, webhook_id: id, description: 'kept' });
    const cleared = await service.patch(`webhooks/${id}`, { description: '' });
    expect(cleared.body['webhook']).not.toHaveProperty('description');
  });

  it('are gone after they were deleted', async () => {
    const id = await service.newWebhook(URL_GIVEN, { secret: 's' });
    expect(await service.delete(`webhooks/${id}`)).toMatchObject({ status: 200, body: {} });
    const gone = missing(`Webhook with ID ${id} not found`);
    expect(await service.get(`webhooks/${id}`)).toMatchObject(gone);
    expect(await service.patch(`webhooks/${id}`, { name: 'x' })).toMatchObject(gone);
    expect(await service.delete(`webhooks/${id}`)).toMatchObject(gone);
    expect(await service.post(`webhooks/${id}/test`)).toMatchObject(gone);
    expect(await service.get(`webhooks/${id}/deliveries`)).toMatchObject(gone);
    expect(await service.get('webhooks/no-id')).toMatchObject(missing('Webhook with ID no-id not found'));
  });

  it.each([
    [{ name: '' }, "Missing value for required parameter 'name'"],
    [{ name: '-a' }, 'is invalid'],
    [{ name: 'a b' }, 'is invalid'],
    [{ name: 'a'.repeat(64) }, 'is invalid'],
    [{ name: 'é' }, 'is invalid'],
    [{ url: ' ' }, 'cannot be empty or just whitespace'],
    [{ url: 'http://[x' }, 'Invalid webhook URL'],
    [{ url: 'ftp://example.com' }, 'Invalid webhook URL scheme'],
    [{ url: 'example.com/x' }, 'Invalid webhook URL scheme'],
    [{ url: 'https:///path' }, 'must include a hostname'],
    [{ url: 'https://user:pass@example.com' }, "'headers'"],
    [{ events: [] }, 'Webhook events must be a non-empty list'],
    [
      { events: [{ entity: 'MODEL_VERSION', action: 'UPDATED' }] },
      "Invalid action 'updated' for entity 'model_version'",
    ],
    [{ events: [{ entity: 'model_version', action: 'CREATED' }] }, 'events[0].entity'],
    [{ events: [{ entity: 'MODEL_VERSION' }] }, "Invalid action 'action_unspecified'"],
    [{ status: 'FOO' }, 'status'],
    [{ event_types: ['model_version.invented'] }, "'model_version.invented' is none of"],
    [{ body_template: '[1]' }, "'body_template' must be a JSON object"],
    [{ body_template: `{"a":${'['.repeat(40)}${']'.repeat(40)}}` }, 'levels deep'],
    [{ headers: { Host: 'x' } }, "'headers' cannot set 'Host'"],
    [{ headers: { 'X-A': 'a\nb' } }, "'headers.X-A'"],
  ])('are refused with %j', async (body, message) => {
    expect(await create(body)).toMatchObject(invalid(message));
  });

  it('are refused with an event that is named twice, as MLflow does', async () => {
    const twice = await create({ events: [MODEL_CREATED, MODEL_CREATED] });
    expect(twice).toMatchObject(refusal(400, 'BAD_REQUEST', 'registered_model.created'));
  });

  it('take numbers for names of entities and actions', async () => {
    const answer = await create({ events: [{ entity: 10, action: 5 }], status: 2 });
    const webhook = { events: [{ entity: 'BUDGET_POLICY', action: 'EXCEEDED' }], status: 'DISABLED' };
    expect(answer.body['webhook']).toMatchObject(webhook);
  });

  it('that only get events of ours stay out of the list that clients of MLflow read', async () => {
    const id = await service.newWebhook(URL_GIVEN, { event_types: ['model_version.stage_transitioned'] });
    expect(await service.webhook(id)).toMatchObject({ event_types: ['model_version.stage_transitioned'] });
    const idsOf = async (query: Record<string, string>) =>
      ((await service.get('webhooks', query)).body['webhooks'] as { webhook_id: string }[]).map(
        (one) => one.webhook_id,
      );
    expect(await idsOf({})).not.toContain(id);
    expect(await idsOf({ all: 'true' })).toContain(id);
  });
});

describe('webhooks on a server without an encryption key', () => {
  it('cannot have a secret, and say why', async () => {
    const service = await startService({ WEBHOOK_ALLOW_PRIVATE_IPS: 'true' });
    const webhook = { name: 'w', url: URL_GIVEN, events: [MODEL_CREATED] };
    expect(await service.post('webhooks', webhook)).toMatchObject({ status: 200 });
    for (const secrets of [{ secret: 's' }, { headers: { authorization: 'x' } }]) {
      const refused = invalid('WEBHOOK_SECRET_ENCRYPTION_KEY is not set');
      expect(await service.post('webhooks', { ...webhook, ...secrets })).toMatchObject(refused);
    }
    await service.close();
  });
});

function isBuffer(value: unknown): value is { readonly data: readonly number[] } {
  return typeof value === 'object' && value !== null && 'data' in value;
}
