import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { deliveryId, hmac, type Receiver, startReceiver } from './_receiver.ts';
import type { Json } from './_service.ts';
import { startWebhookService, type WebhookService } from './_webhooks.ts';

const PAIRS = [
  ...['REGISTERED_MODEL', 'MODEL_VERSION', 'PROMPT', 'PROMPT_VERSION'].map((entity) => ({ entity, action: 'CREATED' })),
  ...['MODEL_VERSION_TAG', 'PROMPT_TAG', 'PROMPT_VERSION_TAG'].flatMap((entity) => [
    { entity, action: 'SET' },
    { entity, action: 'DELETED' },
  ]),
  ...['MODEL_VERSION_ALIAS', 'PROMPT_ALIAS'].flatMap((entity) => [
    { entity, action: 'CREATED' },
    { entity, action: 'DELETED' },
  ]),
];
const MARKER = { key: 'mlflow.prompt.is_prompt', value: 'true' };

describe('what a webhook is told', () => {
  let service: WebhookService;
  let receiver: Receiver;
  beforeAll(async () => {
    service = await startWebhookService();
  });
  afterAll(() => service?.close());
  beforeEach(async () => {
    receiver = await startReceiver();
  });
  afterEach(async () => {
    for (const { webhook_id } of await allWebhooks()) await service.delete(`webhooks/${webhook_id}`);
    await receiver.close();
  });

  const allWebhooks = async () =>
    ((await service.get('webhooks', { all: 'true' })).body['webhooks'] ?? []) as { webhook_id: string }[];
  /** `entity.action` and data of the first so many deliveries. */
  const told = async (count: number) =>
    (await receiver.first(count)).map(({ json }) => [
      `${String(json['entity'])}.${String(json['action'])}`,
      json['data'],
    ]);

  it('is MLflow’s data for each of its events on models', async () => {
    await service.newWebhook(receiver.url, { events: PAIRS });
    await service.post('registered-models/create', { name: 'churn', tags: [{ key: 'a', value: 'b' }] });
    const source = 's3://bucket/m';
    const tags = [{ key: 'k', value: 'v' }];
    await service.post('model-versions/create', { name: 'churn', source, tags, description: 'd', run_id: '' });
    await service.post('model-versions/create', { name: 'churn', source });
    await service.post('model-versions/set-tag', { name: 'churn', version: '1', key: 'k', value: 'w' });
    await service.delete('model-versions/delete-tag', { name: 'churn', version: '1', key: 'never set' });
    await service.post('registered-models/set-tag', { name: 'churn', key: 'quiet', value: 'x' });
    await service.post('registered-models/alias', { name: 'churn', alias: 'champion', version: '1' });
    await service.post('registered-models/alias', { name: 'churn', alias: 'champion', version: '1' });
    await service.delete('registered-models/alias', { name: 'churn', alias: 'champion' });
    await service.delete('registered-models/alias', { name: 'churn', alias: 'never-set' });
    await service.move('churn', '1', 'Production');
    expect(await service.post('registered-models/create', { name: 'churn' })).toMatchObject({ status: 400 });
    await service.post('registered-models/create', { name: 'last' });
    const name = 'churn';
    expect(await told(10)).toEqual([
      ['registered_model.created', { name, tags: { a: 'b' }, description: '' }],
      ['model_version.created', { name, version: '1', source, run_id: null, tags: { k: 'v' }, description: 'd' }],
      ['model_version.created', { name, version: '2', source, run_id: null, tags: {}, description: null }],
      ['model_version_tag.set', { name, version: '1', key: 'k', value: 'w' }],
      ['model_version_tag.deleted', { name, version: '1', key: 'never set' }],
      ['model_version_alias.created', { name, alias: 'champion', version: '1' }],
      ['model_version_alias.created', { name, alias: 'champion', version: '1' }],
      ['model_version_alias.deleted', { name, alias: 'champion' }],
      ['model_version_alias.deleted', { name, alias: 'never-set' }],
      ['registered_model.created', { name: 'last', tags: {}, description: '' }],
    ]);
    const [first] = receiver.received;
    expect(Object.keys(first?.json ?? {})).toEqual(['entity', 'action', 'timestamp', 'data']);
    expect(first?.json['timestamp']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/);
  });

  it('is MLflow’s data for each of its events on prompts', async () => {
    await service.newWebhook(receiver.url, { events: PAIRS });
    const name = 'greeting';
    await service.post('registered-models/create', {
      name,
      tags: [MARKER, { key: '_mlflow_prompt_type', value: 'text' }],
    });
    const text = { key: 'mlflow.prompt.text', value: 'Hello {{name}}' };
    await service.post('model-versions/create', {
      name,
      source: 'dummy-source',
      tags: [MARKER, text, { key: 'k', value: 'v' }],
    });
    await service.post('model-versions/set-tag', { name, version: '1', key: 'k', value: 'w' });
    await service.delete('model-versions/delete-tag', { name, version: '1', key: 'k' });
    await service.post('registered-models/set-tag', { name, key: 'k', value: 'w' });
    await service.delete('registered-models/delete-tag', { name, key: 'k' });
    await service.post('registered-models/alias', { name, alias: 'a', version: '1' });
    await service.delete('registered-models/alias', { name, alias: 'a' });
    expect(await told(8)).toEqual([
      ['prompt.created', { name, tags: {}, description: '' }],
      [
        'prompt_version.created',
        { name, version: '1', template: 'Hello {{name}}', tags: { k: 'v' }, description: null },
      ],
      ['prompt_version_tag.set', { name, version: '1', key: 'k', value: 'w' }],
      ['prompt_version_tag.deleted', { name, version: '1', key: 'k' }],
      ['prompt_tag.set', { name, key: 'k', value: 'w' }],
      ['prompt_tag.deleted', { name, key: 'k' }],
      ['prompt_alias.created', { name, alias: 'a', version: '1' }],
      ['prompt_alias.deleted', { name, alias: 'a' }],
    ]);
  });

  it('is a CloudEvent for events of ours, in the body and in headers', async () => {
    const types = ['model_version.stage_transitioned', 'model_version.alias_set'];
    await service.newWebhook(receiver.url, { event_types: types });
    const name = await service.newModel();
    await service.newVersion(name);
    await service.newVersion(name);
    await service.move(name, '1', 'Production');
    await service.move(name, '2', 'Production', true);
    await service.post('registered-models/alias', { name, alias: 'champion', version: '2' });
    const received = await receiver.first(4);
    const moves = received.map(({ json }) => (json['data'] ?? {}) as Json);
    expect(moves.map((data) => [data['version'], data['to_stage'] ?? data['alias']])).toEqual([
      ['1', 'Production'],
      ['1', 'Archived'],
      ['2', 'Production'],
      ['2', 'champion'],
    ]);
    const [{ headers, json } = { headers: {}, json: {} as Json }] = received;
    expect(json).toMatchObject({ specversion: '1.0', type: 'io.millrace.model_version.stage_transitioned.v1' });
    expect(headers).toMatchObject({
      'content-type': 'application/cloudevents+json',
      'ce-specversion': '1.0',
      'ce-id': json['id'],
      'ce-type': json['type'],
      'ce-source': '/workspaces/default/model-registry',
      'ce-subject': json['subject'],
      'ce-time': json['time'],
    });
    const sequences = received.map((one) => String(one.json['sequence']));
    expect(sequences).toEqual([...sequences].sort());
  });

  it('has names beyond ASCII in the body as they are and in headers percent-encoded', async () => {
    await service.newWebhook(receiver.url, { event_types: ['registered_model.created'] });
    await service.post('registered-models/create', { name: 'mødel "1" 😀 %' });
    const [one] = await receiver.first(1);
    expect(one?.json).toMatchObject({ subject: 'models/mødel "1" 😀 %' });
    expect(one?.headers['ce-subject']).toBe('models/m%C3%B8del%20%221%22%20%F0%9F%98%80%20%25');
  });

  it('is signed as MLflow and as Standard Webhooks do, with both secrets while one replaces the other', async () => {
    const [first, second] = [`whsec_${Buffer.alloc(24, 1).toString('base64')}`, 'a plain secret'];
    const id = await service.newWebhook(receiver.url, { secret: first });
    await service.newModel();
    await receiver.first(1);
    await service.patch(`webhooks/${id}`, { secret: second });
    await service.newModel();
    await receiver.first(2);
    await service.patch(`webhooks/${id}`, { secret: first, secret_overlap_seconds: 0 });
    await service.newModel();
    const [one, two, three] = await receiver.first(3);
    if (!one || !two || !three) throw new Error('three deliveries');
    const bytes = Buffer.alloc(24, 1);
    expect(one.headers['x-mlflow-signature']).toBe(hmac(first, one));
    expect(one.headers['webhook-signature']).toBe(hmac(bytes, one));
    expect(two.headers['x-mlflow-signature']).toBe(hmac(second, two));
    expect(two.headers['webhook-signature']).toBe(`${hmac(second, two)} ${hmac(bytes, two)}`);
    expect(three.headers['webhook-signature']).toBe(hmac(bytes, three));
    for (const { headers } of [one, two, three]) {
      expect(headers['x-mlflow-delivery-id']).toBe(headers['webhook-id']);
      expect(headers['x-mlflow-timestamp']).toBe(headers['webhook-timestamp']);
    }
    expect(new Set([one, two, three].map(deliveryId)).size).toBe(3);
  });

  it('has no signature without a secret', async () => {
    await service.newWebhook(receiver.url);
    await service.newModel();
    const [one] = await receiver.first(1);
    expect(one?.headers).not.toHaveProperty('x-mlflow-signature');
    expect(one?.headers).not.toHaveProperty('webhook-signature');
  });

  it('takes the form of a body template, as GitHub wants it, with the headers it asks for', async () => {
    const id = await service.newWebhook(receiver.url, {
      event_types: ['model_version.stage_transitioned'],
      headers: { Authorization: 'Bearer t', Accept: 'application/vnd.github+json' },
      body_template: JSON.stringify({
        event_type: 'model {{data.model}} to {{ data.to_stage }}{{data.nothing}}',
        client_payload: {
          event: '{{.}}',
          version: '{{data.version}}',
          nothing: '{{data.nothing}}',
          n: [1, '{{type}}'],
        },
      }),
    });
    const name = await service.newModel();
    await service.newVersion(name);
    await service.move(name, '1', 'Production');
    await receiver.first(1);
    await service.patch(`webhooks/${id}`, { body_template: '', headers: { Authorization: '' } });
    await service.move(name, '1', 'Archived');
    const [filled, plain] = await receiver.first(2);
    const type = 'io.millrace.model_version.stage_transitioned.v1';
    expect(filled?.json).toEqual({
      event_type: `model ${name} to Production`,
      client_payload: {
        event: expect.objectContaining({ type, subject: `models/${name}/versions/1` }),
        version: '1',
        nothing: null,
        n: [1, type],
      },
    });
    const accept = 'application/vnd.github+json';
    expect(filled?.headers).toMatchObject({
      authorization: 'Bearer t',
      accept,
      'content-type': 'application/json',
      'ce-type': type,
    });
    expect(plain?.json).toMatchObject({ type, data: { to_stage: 'Archived' } });
    expect(plain?.headers).toMatchObject({ accept });
    expect(plain?.headers).not.toHaveProperty('authorization');
  });

  it('is nothing while it is disabled, and nothing of other workspaces', async () => {
    const id = await service.newWebhook(receiver.url, { status: 'DISABLED' });
    await service.newModel();
    await service.patch(`webhooks/${id}`, { status: 'ACTIVE' });
    const name = await service.newModel();
    expect(await told(1)).toEqual([['registered_model.created', { name, tags: {}, description: '' }]]);
    expect(await service.deliveries(id)).toHaveLength(1);
  });
});
