import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLog } from '@millrace/platform/log';
import { migrate } from '@millrace/platform/migrations';
import { createTestDatabase, type TestDatabase } from '@millrace/platform/testing/database';
import pg from 'pg';
import { seedDatabase } from '../src/seed/seed-database.ts';
import { seededRun } from '../src/seed/seeded-run.ts';

const folder = new URL('../../services/tracking/migrations/', import.meta.url);
const seeded = { runs: 30, experiments: 3, points: 200 };

describe('a seeded database', () => {
  let database: TestDatabase;
  let db: pg.Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    const options = { url: database.url, apply: true, log: createLog('test', 'silent') };
    await migrate([{ schema: 'tracking', table: 'migrations', folder }], options);
    await seedDatabase(database.url, seeded, () => {});
    db = new pg.Client({ connectionString: database.url });
    await db.connect();
  });
  afterAll(async () => {
    await db.end();
    await database[Symbol.asyncDispose]();
  });

  const rows = async (text: string) => (await db.query<{ key: string; value: unknown }>(text)).rows;
  const ofRun = (table: string) =>
    rows(`select key, value from tracking.${table} join tracking.run using (run_id) where name = 'run-7'`);

  it('has the runs that seeding through the API makes', async () => {
    const { params, metrics, tags } = seededRun(7);
    const keys = 'latest_metric join tracking.metric_key using (key_id)';
    const named = [
      { key: 'mlflow.runName', value: 'run-7' },
      { key: 'mlflow.user', value: 'bench' },
    ];
    expect(new Set(await ofRun('param'))).toEqual(new Set(params));
    expect(new Set(await ofRun('run_tag'))).toEqual(new Set([...tags, ...named]));
    expect(new Set(await ofRun(keys))).toEqual(new Set(metrics.map(({ key, value }) => ({ key, value }))));
  });

  it('stays the same when it is seeded again', async () => {
    const counts = async () => {
      const all = [];
      for (const table of ['experiment', 'run', 'param', 'run_tag', 'metric', 'latest_metric'])
        all.push(await rows(`select '${table}' as key, count(*) as value from tracking.${table}`));
      return all;
    };
    const before = await counts();
    await seedDatabase(database.url, seeded, () => {});
    expect(await counts()).toEqual(before);
  });
});
