import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from '@millrace/platform/postgres';
import { giveUp, prune } from '../src/delivery/upkeep.ts';
import { startReceiver } from './_receiver.ts';
import { openDatabase, startWebhookService, type WebhookService } from './_webhooks.ts';

const LIMITS = { disableAfterDays: 5, maxPending: 3 };

describe('the upkeep of webhooks', () => {
  let service: WebhookService;
  let database: ReturnType<typeof openDatabase>;
  let pool: Pool;
  beforeAll(async () => {
    service = await startWebhookService();
    database = openDatabase(service);
    pool = database.pool;
  });
  afterAll(async () => {
    await database?.close();
    await service?.close();
  });

  it('disables a webhook whose receiver has failed for days, and says so; it can be taken up again', async () => {
    const id = await service.newWebhook('http://127.0.0.1:1/');
    await service.newModel();
    await service.logged(id, ([one]) => Number(one?.['attempt_count']) > 1);
    expect(await giveUp(pool, LIMITS)).toEqual([]);
    await pool.query(`update registry.webhook_endpoint set failing_since = now() - interval '6 days'`);
    expect(await giveUp(pool, LIMITS)).toEqual([{ webhookId: id, reason: 'the receiver failed for 5 days' }]);
    expect(await service.webhook(id)).toMatchObject({
      status: 'DISABLED',
      disabled_reason: 'the receiver failed for 5 days',
    });
    const given = {
      status: 'FAILED',
      error_message: expect.stringContaining('given up: the receiver failed for 5 days'),
    };
    expect(await service.deliveries(id)).toMatchObject([given]);

    const receiver = await startReceiver();
    await service.patch(`webhooks/${id}`, { url: receiver.url, status: 'ACTIVE' });
    expect(await service.post(`webhooks/${id}/redeliver`, { since: 0, status: 'FAILED' })).toMatchObject({
      body: { redelivered: 1 },
    });
    await receiver.first(1);
    await service.delete(`webhooks/${id}`);
    await receiver.close();
  });

  it('disables a webhook for which more deliveries wait than may', async () => {
    const id = await service.newWebhook('http://127.0.0.1:1/');
    for (let i = 0; i < LIMITS.maxPending; i++) await service.newModel();
    expect(await giveUp(pool, LIMITS)).toEqual([]);
    await service.newModel();
    expect(await giveUp(pool, LIMITS)).toEqual([{ webhookId: id, reason: 'more than 3 deliveries were waiting' }]);
    await service.delete(`webhooks/${id}`);
  });

  it('forgets what is older than the retention, and nothing else', async () => {
    const id = await service.newWebhook('http://127.0.0.1:1/');
    const gone = await service.newWebhook('http://127.0.0.1:1/');
    await service.newModel();
    await service.newModel();
    const [newest] = await service.deliveries(id);
    await service.delete(`webhooks/${gone}`);
    const count = async (table: string) => (await pool.query(`select from registry.${table}`)).rowCount;
    await pool.query(`update registry.webhook set deleted_ms = 0 where webhook_id = $1`, [gone]);
    await prune(pool, 14);
    expect(await count('webhook_message')).toBeGreaterThan(1);
    await pool.query(
      `update registry.webhook_delivery set created_at = now() - interval '15 days' where delivery_id <> $1`,
      [newest?.['delivery_id']],
    );
    await pool.query(
      `update registry.webhook_message set occurred_at = now() - interval '15 days'
       where message_id <> (select message_id from registry.webhook_delivery where delivery_id = $1)`,
      [newest?.['delivery_id']],
    );
    await prune(pool, 14);
    expect(await service.deliveries(id)).toMatchObject([{ delivery_id: newest?.['delivery_id'] }]);
    expect(await count('webhook_message')).toBe(1);
    const { rows } = await pool.query('select webhook_id from registry.webhook where webhook_id = $1', [gone]);
    expect(rows).toEqual([]);
  });
});
