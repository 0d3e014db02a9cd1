import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@millrace/platform/testing/database';
import pg from 'pg';
import { migrate, outboxMigrations } from '../src/migrations.ts';
import { log } from './_outbox.ts';

describe('migrations', () => {
  let database: TestDatabase;
  let client: pg.Client;
  beforeAll(async () => {
    database = await createTestDatabase();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });
  afterAll(async () => {
    await client?.end();
    await database?.[Symbol.asyncDispose]();
  });

  const run = (schema: string, apply = true) => migrate([outboxMigrations(schema)], { url: database.url, apply, log });
  const tables = async (schema: string) => {
    const { rows } = await client.query<{ name: string }>(
      'select table_name as name from information_schema.tables where table_schema = $1 order by 1',
      [schema],
    );
    return rows.map(({ name }) => name);
  };

  it('are applied once, however many processes start at the same time', async () => {
    await Promise.all([run('crowd'), run('crowd'), run('crowd'), run('other')]);
    expect(await tables('crowd')).toEqual(['inbox', 'outbox', 'outbox_dead', 'outbox_migrations']);
    const { rows } = await client.query('select name from crowd.outbox_migrations');
    expect(rows).toEqual([{ name: '0001_outbox' }, { name: '0002_dead_letters' }]);
  });

  it('are only checked when they may not be applied', async () => {
    await expect(run('absent', false)).rejects.toThrow("The database schema 'absent' lacks 0001_outbox");
    expect(await tables('absent')).toEqual([]);
    await run('absent');
    await expect(run('absent', false)).resolves.toBeUndefined();
  });

  it('leave a schema that a newer version has added to', async () => {
    await run('future');
    await client.query(`insert into future.outbox_migrations (name, run_on) values ('0099_later', now())`);
    await expect(run('future')).resolves.toBeUndefined();
  });

  it('refuse a schema from which a newer version has taken what this one needs', async () => {
    await run('past');
    await client.query(`insert into past.outbox_migrations (name, run_on) values ('0099_contract_0098_less', now())`);
    await expect(run('past')).rejects.toThrow("The database schema 'past' is newer than this version of Millrace");
  });

  it('leave a schema from which a newer version has taken what this one does without', async () => {
    await run('past_enough');
    const name = '0099_contract_0002_less';
    await client.query('insert into past_enough.outbox_migrations (name, run_on) values ($1, now())', [name]);
    await expect(run('past_enough')).resolves.toBeUndefined();
  });

  it('need no more rights than those of the owner of the schema', async () => {
    const role = `owner_${Date.now()}`;
    await client.query(`create role ${role} login password 'x'`);
    await client.query(`create schema owned authorization ${role}`);
    const url = new URL(database.url);
    [url.username, url.password] = [role, 'x'];
    await migrate([outboxMigrations('owned')], { url: url.href, apply: true, log });
    expect(await tables('owned')).toContain('outbox');
    await client.query(`drop owned by ${role}`);
    await client.query(`drop role ${role}`);
  });
});
