import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { error, startService, type TrackingService } from './_service.ts';

describe('a search that takes too long', () => {
  let service: TrackingService;
  let blocker: pg.Client;
  beforeAll(async () => {
    service = await startService({ DATABASE_STATEMENT_TIMEOUT_MS: '1000' });
    blocker = new pg.Client({ connectionString: service.databaseUrl });
    await blocker.connect();
  });
  afterAll(async () => {
    await blocker?.end();
    await service?.close();
  });

  it.each(['runs/search', 'logged-models/search'])('of %s ends with a 503 that says what to do', async (path) => {
    const experiment_ids = [await service.newExperiment()];
    await blocker.query('begin');
    await blocker.query('lock table tracking.run, tracking.logged_model');
    const { status, body, headers } = await service.post(path, { experiment_ids });
    await blocker.query('rollback');
    expect([status, headers.get('retry-after')]).toEqual([503, '5']);
    expect(body).toMatchObject(error('TEMPORARILY_UNAVAILABLE', 'given up after 1 s'));
    expect((await service.post(path, { experiment_ids })).status).toBe(200);
  });
});
