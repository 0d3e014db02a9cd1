import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@millrace/platform/testing/database';
import { pino } from 'pino';
import { type Local, startLocal } from '../src/local.ts';
import { millrace } from './_millrace.ts';

describe('millrace seed', () => {
  let database: TestDatabase;
  let dataDir: string;
  let local: Local;
  beforeAll(async () => {
    database = await createTestDatabase();
    dataDir = await mkdtemp(join(tmpdir(), 'millrace-seed-'));
    const options = { host: '127.0.0.1', port: 0, dataDir, env: { DATABASE_URL: database.url } };
    local = await startLocal(options, pino({ level: 'silent' }));
  });
  afterAll(async () => {
    await local?.close();
    await database?.[Symbol.asyncDispose]();
    await rm(dataDir, { recursive: true, force: true });
  });

  const seed = (...args: readonly string[]) => millrace(['seed', '--url', local.url, ...args]);
  const ask = async (path: string, body?: object) => {
    const headers = { 'content-type': 'application/json' };
    const post = body && { method: 'POST', headers, body: JSON.stringify(body) };
    const answer = await fetch(`${local.url}/api/2.0/mlflow/${path}`, post);
    return (await answer.json()) as Record<string, unknown>;
  };

  it('makes runs and a model in Production whose files can be read', async () => {
    expect(await seed('--name', 'demo', '--runs', '3')).toMatchObject({ code: 0, err: '' });
    const { experiment } = await ask('experiments/get-by-name?experiment_name=example-demo');
    const { experiment_id } = experiment as { experiment_id: string };
    const { runs } = await ask('runs/search', {
      experiment_ids: [experiment_id],
      filter: "metrics.accuracy > 0.5 and params.max_depth = '3'",
    });
    expect(runs).toHaveLength(3);
    const { model_version } = await ask('registered-models/alias?name=demo&alias=champion');
    expect(model_version).toMatchObject({ version: '2', current_stage: 'Production' });
    const { run_id } = model_version as { run_id: string };
    const file = await fetch(
      `${local.url}/get-artifact?${new URLSearchParams({ run_uuid: run_id, path: 'model/MLmodel' })}`,
    );
    expect(await file.text()).toContain('python_function');
  });

  it('changes nothing where it has been before', async () => {
    expect(await seed('--name', 'twice', '--runs', '2')).toMatchObject({ code: 0 });
    expect(await seed('--name', 'twice')).toMatchObject({ code: 2, out: '', err: expect.stringContaining('--name') });
  });

  it('says that nobody answers', async () => {
    const answer = await millrace(['seed', '--url', 'http://127.0.0.1:65000']);
    expect(answer).toMatchObject({ code: 2, err: expect.stringContaining('http://127.0.0.1:65000 cannot be reached') });
  });
});
