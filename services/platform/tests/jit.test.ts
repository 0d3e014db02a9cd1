import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@millrace/platform/testing/database';
import pg from 'pg';
import { migrate } from '../src/migrations.ts';
import { log } from './_outbox.ts';

describe('a server that compiles statements', () => {
  let database: TestDatabase;
  let role: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    role = `tester_${crypto.randomUUID().slice(0, 8)}`;
    await query(database.url, `create role ${role} login password 'x'`);
    await query(database.url, `alter database ${new URL(database.url).pathname.slice(1)} set jit = on`);
  });
  afterAll(async () => {
    await query(database.url, `drop role ${role}`);
    await database[Symbol.asyncDispose]();
  });

  it('no longer does so for a service that has been started; others keep it', async () => {
    const url = new URL(database.url);
    [url.username, url.password] = [role, 'x'];
    const jit = async (address: string) => (await query(address, 'show jit')).rows[0]?.['jit'];
    expect(await jit(url.href)).toBe('on');
    // with several at once, as services start
    await Promise.all([1, 2, 3].map(() => migrate([], { url: url.href, apply: false, log })));
    expect([await jit(url.href), await jit(database.url)]).toEqual(['off', 'on']);
  });
});

async function query(url: string, text: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query<Record<string, string>>(text);
  } finally {
    await client.end();
  }
}
