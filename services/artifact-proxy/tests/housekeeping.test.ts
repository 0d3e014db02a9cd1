import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventPublisher } from '@millrace/platform/events/cloud-event';
import { openEvents } from '@millrace/platform/events/events';
import { Lifecycle } from '@millrace/platform/lifecycle';
import { openPool, type Pool } from '@millrace/platform/postgres';
import { describeWith } from '@millrace/platform/testing/describe-with';
import { s3Settings } from '@millrace/platform/testing/s3';
import { pino } from 'pino';
import { startFakeRegistry } from './_registry.ts';
import { s3Env } from './_s3.ts';
import { type RunningProxy, startProxy } from './_service.ts';

describe('in a folder, bytes whose owner is gone', () => housekeeping(async () => ({})));
describeWith('s3', 'in S3, bytes whose owner is gone', () => housekeeping(async () => s3Env(await s3Settings())));

function housekeeping(env: () => Promise<Record<string, string | undefined>>): void {
  const lifecycle = new Lifecycle();
  const log = pino({ level: 'silent' });
  let registry: Awaited<ReturnType<typeof startFakeRegistry>>;
  let proxy: RunningProxy;
  let pool: Pool;
  let publisher: EventPublisher;

  beforeAll(async () => {
    registry = await startFakeRegistry();
    proxy = await startProxy({ ...(await env()), MODEL_REGISTRY_GRPC: registry.address, FREE_EVERY_SECONDS: '0.1' });
    pool = openPool({ url: proxy.databaseUrl, size: 2, statementTimeoutMs: 5_000, name: 'test' }, lifecycle, log);
    ({ publisher } = await openEvents(proxy.eventsConfig, true, lifecycle, log));
  });
  beforeEach(() => {
    Object.assign(registry.state, { paths: [], isDown: false, asked: [] });
  });
  afterAll(async () => {
    await lifecycle.close();
    await proxy?.close();
    await registry?.close();
  });

  const newId = () => randomUUID().replaceAll('-', '');
  const announce = (type: string, data: Record<string, string>) =>
    publisher.publish('millrace.tracking.events', [
      {
        specversion: '1.0',
        id: randomUUID(),
        type: `io.millrace.${type}.v1`,
        source: '/test',
        subject: 'test',
        time: new Date().toISOString(),
        datacontenttype: 'application/json',
        dataschema: 'test',
        partitionkey: 'k',
        sequence: '1',
        data: { workspace: 'default', ...data },
      },
    ]);
  const purgeRun = (run_id: string, artifact_uri: string) => announce('run.purged', { run_id, artifact_uri });
  const isThere = async (path: string) => (await proxy.head(path)).status === 200;
  const until = async (done: () => Promise<boolean>) => {
    while (!(await done())) await sleep(50);
  };
  /** Tries again what was put off. */
  const hurry = () => pool.query('update artifacts.doomed set next_try = now()');
  const waiting = async (path: string) =>
    (await pool.query('select from artifacts.doomed where path = $1', [path])).rowCount === 1;

  it('are freed, more than a thousand files of them, and nothing beside them', async () => {
    const run = newId();
    const root = `1/${run}/artifacts`;
    const names = Array.from({ length: 1_050 }, (_, i) => `${root}/d${i % 7}/${i}`);
    for (let i = 0; i < names.length; i += 50)
      await Promise.all(names.slice(i, i + 50).map((name) => proxy.put(name, 'x')));
    await proxy.put(`1/${run}2/artifacts/kept`, 'x');
    await purgeRun(run, `mlflow-artifacts:/${root}`);
    await until(async () => !(await isThere(names[0] ?? '')));
    await until(async () => !(await waiting(root)));
    expect(await proxy.list(root)).toEqual({});
    expect(await isThere(`1/${run}2/artifacts/kept`)).toBe(true);
    expect(registry.state.asked[0]).toEqual([
      `mlflow-artifacts:/${root}`,
      expect.stringMatching(new RegExp(`^(s3|file)://.*/${root}$`)),
      `runs:/${run}`,
    ]);
    const { rows } = await pool.query('select from artifacts.digest where object_key like $1', [`${root}/%`]);
    expect(rows).toEqual([]);
  });

  it('stay where a model version stands on them, and go when it has left', async () => {
    const run = newId();
    const root = `2/${run}/artifacts`;
    for (const name of ['checkpoint', 'deep/model/MLmodel', 'deep/model/data/weights', 'deep/other', 'model2'])
      await proxy.put(`${root}/${name}`, 'x');
    registry.state.paths = [`${root}/deep/model`];
    await purgeRun(run, `mlflow-artifacts://ml.example.com:5000/${root}`);
    await until(async () => !(await isThere(`${root}/checkpoint`)) && !(await isThere(`${root}/model2`)));
    await until(async () => !(await isThere(`${root}/deep/other`)));
    for (const name of ['MLmodel', 'data/weights']) expect(await isThere(`${root}/deep/model/${name}`)).toBe(true);
    expect(await waiting(root)).toBe(true);
    registry.state.paths = [];
    await hurry();
    await until(async () => !(await isThere(`${root}/deep/model/MLmodel`)));
  });

  it.each([
    ['above', '3'],
    ['of an address nobody can place', 's3:/elsewhere/m'],
    ['at the root', ''],
  ])('stay all where a version stands %s', async (_, path) => {
    const run = newId();
    const root = `3/${run}/artifacts`;
    await proxy.put(`${root}/a`, 'x');
    registry.state.paths = [path];
    await purgeRun(run, `mlflow-artifacts:/${root}`);
    await until(async () => registry.state.asked.length > 0);
    await until(async () => {
      const { rows } = await pool.query<{ ok: boolean }>(
        `select next_try > now() + interval '2 h' as ok from artifacts.doomed where path = $1`,
        [root],
      );
      return rows[0]?.ok === true;
    });
    expect(await isThere(`${root}/a`)).toBe(true);
    await pool.query('delete from artifacts.doomed where path = $1', [root]);
  });

  it('stay while the registry cannot be asked', async () => {
    const run = newId();
    const root = `4/${run}/artifacts`;
    await proxy.put(`${root}/a`, 'x');
    registry.state.isDown = true;
    await purgeRun(run, `mlflow-artifacts:/${root}`);
    await until(async () => registry.state.asked.length > 0);
    expect(await isThere(`${root}/a`)).toBe(true);
    expect(await waiting(root)).toBe(true);
    registry.state.isDown = false;
    await until(async () => {
      await hurry();
      return !(await isThere(`${root}/a`));
    });
  });

  it('are those of deleted models and purged experiments too', async () => {
    const model = `m-${newId()}`;
    await proxy.put(`5/models/${model}/artifacts/MLmodel`, 'x');
    await proxy.put('5/rest', 'x');
    const artifact_uri = `mlflow-artifacts:/5/models/${model}/artifacts`;
    await announce('logged_model.deleted', { model_id: model, artifact_uri });
    await until(async () => !(await isThere(`5/models/${model}/artifacts/MLmodel`)));
    expect(await isThere('5/rest')).toBe(true);
    await announce('experiment.purged', { experiment_id: '5', artifact_location: 'mlflow-artifacts:/5' });
    await until(() => waiting('5'));
    expect(await isThere('5/rest')).toBe(true); // what is said of its runs may still come
    await hurry();
    await until(async () => !(await isThere('5/rest')));
  });

  it('are not what somebody else may share, nor what lies elsewhere', async () => {
    const run = newId();
    await proxy.put('shared/a', 'x');
    await announce('experiment.purged', { experiment_id: '6', artifact_location: 'mlflow-artifacts:/shared' });
    await announce('experiment.purged', { experiment_id: '6', artifact_location: 'mlflow-artifacts:/' });
    await purgeRun(run, 'mlflow-artifacts:/shared');
    await purgeRun(run, `mlflow-artifacts:/7/../${run}`);
    await purgeRun(run, `s3://bucket/${run}/artifacts`);
    await announce('run.purged', { run_id: run });
    const last = newId();
    await proxy.put(`8/${last}/artifacts/a`, 'x');
    await purgeRun(last, `mlflow-artifacts:/8/${last}/artifacts`);
    await until(async () => !(await isThere(`8/${last}/artifacts/a`)));
    expect(await isThere('shared/a')).toBe(true);
    await until(async () => !(await waiting(`8/${last}/artifacts`)));
    expect((await pool.query('select from artifacts.doomed where path !~ $1', ['^2/'])).rowCount).toBe(0);
  });
}
