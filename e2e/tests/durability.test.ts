import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findLost } from './_acknowledged.ts';
import { get, post } from './_api.ts';
import { startLoad } from './_load.ts';
import { type Local, startLocal } from './_local.ts';

const WRITES_OF_EACH_KIND = 40;

describe('Millrace on one machine', () => {
  let dataDir: string;
  let local: Local | undefined;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'millrace-durability-'));
  });
  afterEach(async () => {
    await local?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  const start = async () => {
    local = await startLocal(dataDir);
    return local;
  };

  it.each([
    ['it', async ({ stop }: Local) => void (await stop('SIGKILL'))],
    [
      'PostgreSQL and then it',
      async ({ stop }: Local) => {
        await killPostgres(dataDir);
        await stop('SIGKILL');
      },
    ],
  ])(
    'has every acknowledged write after %s got SIGKILL and it is started again',
    async (_what, kill) => {
      const first = await start();
      const load = await startLoad(first.url, await createExperiment(first.url, 'load'));
      await load.reach(WRITES_OF_EACH_KIND);
      const { ended } = load.expectTheEnd();
      await kill(first);
      await ended;
      expect(load.refused).toEqual([]);

      const second = await start();
      expect(await findLost(second.url, load.acknowledged)).toEqual([]);
      await createExperiment(second.url, 'after the restart');
    },
    300_000,
  );

  it('ends cleanly at Ctrl-C and goes on with the same data at the next start', async () => {
    const first = await start();
    const experimentId = await createExperiment(first.url, 'before Ctrl-C');
    expect(await first.interrupt()).toBe(0);
    expect(await postmasterFiles(dataDir)).toEqual([]);

    const second = await start();
    const { body } = await get(second.url, 'experiments/get', { experiment_id: experimentId });
    expect(body).toMatchObject({ experiment: { experiment_id: experimentId, name: 'before Ctrl-C' } });
    expect(await second.interrupt()).toBe(0);
  }, 300_000);
});

async function createExperiment(url: string, name: string): Promise<string> {
  const { status, body } = await post(url, 'experiments/create', { name });
  expect([status, body]).toEqual([200, { experiment_id: expect.any(String) }]);
  return String(body['experiment_id']);
}

/** PostgreSQL keeps this file for as long as it runs; its first line is the server's process id. */
async function postmasterFiles(folder: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true });
  return files.filter((file) => basename(file) === 'postmaster.pid').map((file) => join(folder, file));
}

async function killPostgres(folder: string): Promise<void> {
  const [file = 'no postmaster.pid'] = await postmasterFiles(folder);
  const [pid] = (await readFile(file, 'utf8')).split('\n');
  process.kill(Number(pid), 'SIGKILL');
}
