import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isOutage } from '@millrace/platform/errors';
import { Lifecycle } from '@millrace/platform/lifecycle';
import { createLog } from '@millrace/platform/log';
import { openPool, type Pool, transaction } from '@millrace/platform/postgres';
import { createTestDatabase, type TestDatabase } from '@millrace/platform/testing/database';

describe('a database connection that the server closes', () => {
  const lifecycle = new Lifecycle();
  let database: TestDatabase;
  let pool: Pool;
  beforeAll(async () => {
    database = await createTestDatabase();
    const options = { url: database.url, size: 2, statementTimeoutMs: 10_000, name: 'test' };
    pool = openPool(options, lifecycle, createLog('test', 'silent'));
  });
  afterAll(async () => {
    await lifecycle.close();
    await database?.[Symbol.asyncDispose]();
  });

  it('between two statements of a transaction fails the transaction as an outage, and nothing else', async () => {
    const failed = transaction(pool, async (tx) => {
      const { rows } = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
      await pool.query('select pg_terminate_backend($1, 5000)', [rows[0]?.pid]);
      await new Promise((done) => setTimeout(done, 100)); // for the news to arrive while no statement waits for it
      await tx.query('select 1');
    });
    const error: unknown = await failed.catch((thrown: unknown) => thrown);
    expect([String(error), isOutage(error)]).toEqual([expect.any(String), true]);
    expect((await pool.query<{ two: number }>('select 1 + 1 as two')).rows).toEqual([{ two: 2 }]);
  });
});
