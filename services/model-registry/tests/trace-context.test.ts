import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Receiver, startReceiver } from './_receiver.ts';
import { startWebhookService, type WebhookService } from './_webhooks.ts';

const CALLER = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('the trace of a caller, while we collect none ourselves', () => {
  let service: WebhookService;
  let receiver: Receiver;
  beforeAll(async () => {
    service = await startWebhookService();
    receiver = await startReceiver();
    await service.newWebhook(receiver.url, { event_types: ['registered_model.created'] });
  });
  afterAll(async () => {
    await receiver?.close();
    await service?.close();
  });

  const create = async (headers: Record<string, string>) => {
    const body = JSON.stringify({ name: `m-${crypto.randomUUID()}` });
    const url = `http://127.0.0.1:${service.httpPort}/api/2.0/mlflow/registered-models/create`;
    const init = { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } };
    expect((await fetch(url, init)).status).toBe(200);
  };

  it('goes on in the event and the delivery, if it is one', async () => {
    await create({ traceparent: CALLER });
    const [traced] = await receiver.first(1);
    expect(traced?.headers).toMatchObject({ traceparent: CALLER, 'ce-traceparent': CALLER });
    expect(traced?.json).toMatchObject({ traceparent: CALLER });

    for (const headers of [{}, { traceparent: '00-not-a-trace' }]) await create(headers as Record<string, string>);
    for (const untraced of (await receiver.first(3)).slice(1)) {
      expect(untraced.headers).not.toHaveProperty('traceparent');
      expect(untraced.json).not.toHaveProperty('traceparent');
    }
  });
});
