import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { leases } from '../src/delivery/leases.ts';
import { openDatabase, startWebhookService, type WebhookService } from './_webhooks.ts';

const BLOCKED = `
  select from pg_stat_activity
  where datname = current_database() and wait_event_type = 'Lock' and query like '%leased_until%'`;

describe('the lease of a receiver', () => {
  let service: WebhookService;
  beforeAll(async () => {
    service = await startWebhookService();
  });
  afterAll(() => service?.close());

  it('that was given back and taken anew is kept, although a renewal of the first one fails', async () => {
    const webhookId = await service.newWebhook('http://127.0.0.1:9/');
    const [ours, other] = [openDatabase(service), openDatabase(service)];
    const held = leases(ours.pool, 20);
    await ours.pool.query(`update registry.webhook_endpoint set sender = $1, leased_until = 'infinity'`, [held.sender]);
    const first = held.hold(webhookId);
    // as a release that is committed while the renewal is on its way
    await other.pool.query('begin');
    await other.pool.query('update registry.webhook_endpoint set sender = null');
    while ((await other.pool.query(BLOCKED)).rowCount === 0) await new Promise((done) => setTimeout(done, 20));
    first.drop();
    const second = held.hold(webhookId);
    await other.pool.query('commit');
    await new Promise((done) => first.signal.addEventListener('abort', done));
    expect(second.signal.aborted).toBe(false);
    held.close();
    await Promise.all([ours.close(), other.close()]);
  });

  it('that somebody else has got is lost', async () => {
    const webhookId = await service.newWebhook('http://127.0.0.1:9/');
    const { pool, close } = openDatabase(service);
    const held = leases(pool, 20);
    const { signal } = held.hold(webhookId);
    await new Promise((done) => signal.addEventListener('abort', done));
    expect(signal.aborted).toBe(true);
    held.close();
    await close();
  });
});
