import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@millrace/platform/testing/database';
import pg from 'pg';
import { type Migrations, migrate } from '../src/migrations.ts';
import { log } from './_outbox.ts';

describe('migrations of a table that others use', () => {
  let database: TestDatabase;
  let folder: string;
  let [holder, other]: pg.Client[] = [];
  let schema = 'used_0';
  let count = 0;
  const connect = async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    return client;
  };
  const query = (client: pg.Client | undefined, text: string) => client?.query<Record<string, unknown>>(text);

  beforeAll(async () => {
    database = await createTestDatabase();
    [holder, other] = [await connect(), await connect()];
  });
  afterAll(async () => {
    await Promise.all([holder?.end(), other?.end()]);
    await database?.[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    schema = `used_${++count}`;
    folder = await mkdtemp(join(tmpdir(), 'millrace-migrations-'));
    await add('0001_thing', 'create table thing (id int, name text);\ninsert into thing values (1, $$a$$);');
    await run();
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const add = (name: string, sql: string) => writeFile(join(folder, `${name}.sql`), sql);
  const run = () => {
    const migrations: Migrations = { schema, table: 'migrations', folder: pathToFileURL(`${folder}/`) };
    return migrate([migrations], { url: database.url, apply: true, log });
  };
  const applied = async () => {
    const found = await query(other, `select name from ${schema}.migrations order by id`);
    return found?.rows.map(({ name }) => name);
  };
  const waitsForLock = async () => {
    const found = await query(
      other,
      `select from pg_stat_activity
       where datname = current_database() and application_name = 'millrace-migrate' and wait_event_type = 'Lock'`,
    );
    return (found?.rowCount ?? 0) > 0;
  };

  it('let readers through while a transaction keeps the table, and go on after it', async () => {
    await add('0002_wider', 'alter table thing add column size int;');
    await query(holder, `begin; select from ${schema}.thing`);
    const migrated = run();
    while (!(await waitsForLock())); // from here on this reader stands behind the migration
    const read = await query(other, `select name from ${schema}.thing`);
    expect(read?.rows).toEqual([{ name: 'a' }]);
    await query(holder, 'commit');
    await migrated;
    expect(await applied()).toEqual(['0001_thing', '0002_wider']);
  });

  it('build an index while a writer is at work, though two processes try at once', async () => {
    await add('0002_thing_by_name_concurrently', 'create index concurrently thing_by_name on thing (name);');
    await query(holder, `begin; insert into ${schema}.thing values (2, 'b')`);
    const migrated = Promise.all([run(), run()]);
    while (!(await waitsForLock()));
    await query(other, `insert into ${schema}.thing values (3, 'c')`);
    await query(holder, 'commit');
    await migrated;
    const index = await query(
      other,
      `select indisvalid from pg_index where indexrelid = '${schema}.thing_by_name'::regclass`,
    );
    expect(index?.rows).toEqual([{ indisvalid: true }]);
    expect(await applied()).toEqual(['0001_thing', '0002_thing_by_name_concurrently']);
  });

  it('build an index anew that a killed process has left half built', async () => {
    const drop = 'drop index concurrently if exists thing_by_name;';
    await add('0002_names_concurrently', `${drop}\ncreate unique index concurrently thing_by_name on thing (name);\n`);
    await query(other, `insert into ${schema}.thing values (2, 'a')`);
    await expect(run()).rejects.toThrow('could not create unique index');
    await query(other, `delete from ${schema}.thing where id = 2`);
    await run();
    const index = await query(
      other,
      `select indisvalid from pg_index where indexrelid = '${schema}.thing_by_name'::regclass`,
    );
    expect(index?.rows).toEqual([{ indisvalid: true }]);
  });

  it('keep what was applied before one that fails, and nothing of that one', async () => {
    await add('0002_wider', 'alter table thing add column size int;');
    await add('0003_broken', 'alter table thing add column weight int;\nselect 1 / 0;');
    await expect(run()).rejects.toThrow('division by zero');
    expect(await applied()).toEqual(['0001_thing', '0002_wider']);
    await add('0003_broken', 'alter table thing add column weight int;');
    await run();
    expect(await applied()).toEqual(['0001_thing', '0002_wider', '0003_broken']);
  });
});
