import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { migrate, outboxMigrations } from '@millrace/platform/migrations';
import { createTestDatabase } from '@millrace/platform/testing/database';
import pg from 'pg';
import { pino } from 'pino';
import { startModelRegistry } from '../src/app.ts';
import { loadConfig } from '../src/config.ts';

const log = pino({ level: 'silent' });

describe('a registry that is older than the ledger', () => {
  it('has its living versions in the ledger afterwards, in the stages they were in', async () => {
    const database = await createTestDatabase();
    await migrateToFirst(database.url);
    const sql = new pg.Client({ connectionString: database.url });
    await sql.connect();
    await sql.query(`
      insert into registry.registered_model (workspace_id, name, description, last_version, created_ms, updated_ms)
      values ('default', 'm', '', 3, 1, 30)`);
    await sql.query(`
      insert into registry.model_version (workspace_id, model_id, version, stage, source, run_id, run_link, created_ms,
        updated_ms, deleted_ms)
      values ('default', 1, 1, 'Production', 's3://b/1', 'r1', '', 1, 30, null),
        ('default', 1, 2, 'None', 's3://b/2', '', '', 2, 20, null),
        ('default', 1, 3, 'Staging', 'REDACTED', '', '', 3, 25, 25)`);
    await sql.end();

    const env = { AUTH_MODE: 'anonymous', DATABASE_URL: database.url, HTTP_PORT: '0', GRPC_PORT: '0' };
    const service = await startModelRegistry(loadConfig({ ...env, TRACKING_GRPC: '127.0.0.1:1' }), log);
    const get = async (path: string) =>
      (await fetch(`http://127.0.0.1:${service.httpPort}/api/2.0/mlflow/registered-models/${path}`)).json();
    expect(await get('transitions?name=m')).toMatchObject({
      transitions: [
        { position: 2, kind: 'FOUND', version: '1', to_stage: 'Production', timestamp: 30, run_id: 'r1', actor: '' },
        { position: 1, kind: 'FOUND', version: '2', to_stage: 'None', timestamp: 20 },
      ],
    });
    expect(await get('holder?name=m&stage=Production&at=40')).toMatchObject({ holders: [{ version: '1' }] });
    expect(await get('transitions/verify?name=m')).toMatchObject({ intact: true, entries: 2 });
    await service.lifecycle.close();
    await database[Symbol.asyncDispose]();
  });
});

async function migrateToFirst(url: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-migrations-'));
  const first = '0001_registry.sql';
  await cp(new URL(`../migrations/${first}`, import.meta.url), join(folder, first));
  const registry = { schema: 'registry', table: 'migrations', folder: pathToFileURL(`${folder}/`) };
  await migrate([outboxMigrations('registry'), registry], { url, apply: true, log });
  await rm(folder, { recursive: true });
}
