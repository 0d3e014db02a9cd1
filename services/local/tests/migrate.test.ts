import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@millrace/platform/testing/database';
import pg from 'pg';
import { millrace, runProgram } from './_millrace.ts';

describe('millrace migrate', () => {
  let database: TestDatabase;
  let env: Record<string, string>;
  beforeAll(async () => {
    database = await createTestDatabase();
    env = { DATABASE_URL: database.url };
  });
  afterAll(async () => {
    await database?.[Symbol.asyncDispose]();
  });

  const schemas = async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query<{ name: string }>(
      `select schema_name as name from information_schema.schemata
       where schema_name in ('tracking', 'registry', 'artifacts', 'events') order by 1`,
    );
    await client.end();
    return rows.map(({ name }) => name);
  };

  it('only lists what is pending when it is asked to', async () => {
    const dry = await millrace(['migrate', '--dry-run'], env);
    expect(dry).toMatchObject({ code: 0, out: expect.stringContaining('tracking: 0001_tracking pending\n') });
    const status = await millrace(['migrate', '--status', '--json'], env);
    expect([status.code, JSON.parse(status.out)]).toMatchObject([1, { ready: false }]);
    expect(await schemas()).toEqual([]);
  });

  it('can be started by a service for itself, with no other setting than the database', async () => {
    const own = await runProgram('model-registry/src/migrate.ts', [], { ...env, KAFKA_BROKERS: 'elsewhere:9092' });
    expect(own).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringContaining('registry: 0001_registry applied in '),
    });
    expect(await schemas()).toEqual(['registry']);
    expect(
      await runProgram('model-registry/src/migrate.ts', ['--status'], { ...env, KAFKA_BROKERS: 'elsewhere:9092' }),
    ).toMatchObject({ code: 0 });
  });

  it('brings everything up to date, though two do it at once, and then has nothing to do', async () => {
    const both = await Promise.all([millrace(['migrate'], env), millrace(['migrate'], env)]);
    expect(both.map(({ code, err }) => [code, err])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    const lines = both.flatMap(({ out }) => out.split('\n')).filter((line) => line.includes('0001_tracking applied'));
    expect(lines).toHaveLength(1);
    expect(await schemas()).toEqual(['artifacts', 'events', 'registry', 'tracking']);
    expect(await millrace(['migrate', '--status'], env)).toMatchObject({ code: 0 });
    expect((await millrace(['migrate'], env)).out).toBe('Nothing to do: the database is up to date.\n');
  });

  it('says which database does not answer, without its password', async () => {
    const answer = await millrace(['migrate'], { DATABASE_URL: 'postgres://me:secret@127.0.0.1:1/mine' });
    expect(answer).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('127.0.0.1:1/mine cannot be reached'),
    });
    expect(answer.err).not.toContain('secret');
  });

  it('says which variable is missing', async () => {
    expect(await millrace(['migrate'])).toMatchObject({ code: 2, err: expect.stringContaining('DATABASE_URL') });
  });
});
