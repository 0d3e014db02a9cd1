import { expect } from '@jest/globals';
import { Lifecycle } from '@millrace/platform/lifecycle';
import { openPool } from '@millrace/platform/postgres';
import { pino } from 'pino';
import { type Json, type RegistryService, startService } from './_service.ts';

export const KEY = Buffer.alloc(32, 7).toString('base64');

/** Lets receivers be on loopback. */
export const LOOPBACK = {
  WEBHOOK_SECRET_ENCRYPTION_KEY: KEY,
  WEBHOOK_ALLOWED_SCHEMES: 'http,https',
  WEBHOOK_ALLOW_PRIVATE_IPS: 'true',
};

export const MODEL_CREATED = { entity: 'REGISTERED_MODEL', action: 'CREATED' };
export const VERSION_CREATED = { entity: 'MODEL_VERSION', action: 'CREATED' };

export type WebhookService = Awaited<ReturnType<typeof startWebhookService>>;

export async function startWebhookService(env: Record<string, string> = {}) {
  return withWebhooks(await startService({ ...LOOPBACK, ...env }));
}

/** The database of a service, for what its API does not show. */
export function openDatabase({ config }: Pick<RegistryService, 'config'>) {
  const lifecycle = new Lifecycle();
  const options = { url: config.database.url, size: 1, statementTimeoutMs: 10_000, name: 'test' };
  return { pool: openPool(options, lifecycle, pino({ level: 'silent' })), close: () => lifecycle.close() };
}

function withWebhooks(service: RegistryService) {
  return {
    ...service,
    /** Its id. */
    async newWebhook(url: string, body: Json = {}): Promise<string> {
      const given = { name: 'hook', url, ...('event_types' in body ? {} : { events: [MODEL_CREATED] }), ...body };
      const answer = await service.post('webhooks', given);
      expect(answer).toMatchObject({ status: 200 });
      return (answer.body['webhook'] as { webhook_id: string }).webhook_id;
    },
    async webhook(id: string): Promise<Json> {
      return (await service.get(`webhooks/${id}`)).body['webhook'] as Json;
    },
    async deliveries(id: string, query: Record<string, string> = {}): Promise<Json[]> {
      return ((await service.get(`webhooks/${id}/deliveries`, query)).body['deliveries'] ?? []) as Json[];
    },
    async delivery(id: string, deliveryId: string): Promise<Json> {
      return (await service.get(`webhooks/${id}/deliveries/${deliveryId}`)).body['delivery'] as Json;
    },
    /** The log of a webhook, the newest first, as soon as it is as `expected` says. */
    async logged(id: string, expected: (deliveries: readonly Json[]) => boolean): Promise<Json[]> {
      for (;;) {
        const deliveries = await this.deliveries(id);
        if (expected(deliveries)) return deliveries;
        await new Promise((done) => setTimeout(done, 50));
      }
    },
  };
}
