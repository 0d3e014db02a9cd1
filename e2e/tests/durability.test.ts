import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { get, post } from '../api.ts';
import { findViolations } from '../kill/check/check.ts';
import { postmasterFiles } from '../kill/postgres.ts';
import { type Outcome, runTrial } from '../kill/trial.ts';
import { type Local, startLocal } from '../programs/local.ts';
import { LOSSES, type Loss, plantLosses } from './_losses.ts';

describe('writing while processes get SIGKILL', () => {
  it('loses nothing, with PostgreSQL inside Millrace', async () => {
    expectDurable(await runTrial({ seed: 1, seconds: 1, topology: 'inside' }));
  }, 300_000);

  it('loses nothing, with PostgreSQL beside Millrace; and what is lost is found', async () => {
    const trial = { seed: 2, seconds: 1, topology: 'beside' } as const;
    let missed: string[] = [];
    const outcome = await runTrial(trial, async ({ machine, operations }) => {
      const found = await findViolations(machine, await plantLosses(machine.databaseUrl, operations));
      const isFound = ({ expected }: Loss) => found.some((violation) => expected.test(violation));
      missed = Object.keys(LOSSES).filter((name) => !isFound(LOSSES[name] as Loss));
    });
    expectDurable(outcome);
    expect(missed).toEqual([]);
  }, 300_000);
});

function expectDurable({ violations, kills, operations }: Outcome): void {
  expect(violations).toEqual([]);
  expect(Math.min(...Object.values(kills))).toBeGreaterThan(0);
  const written = new Set(operations.filter(({ acknowledged }) => acknowledged).map(({ path }) => path));
  expect([...written].sort()).toEqual([
    ...['model-versions/create', 'model-versions/transition-stage', 'runs/create', 'runs/log-batch', 'runs/log-inputs'],
    ...['runs/log-metric', 'runs/set-tag', 'runs/update'],
  ]);
}

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

  it('ends cleanly at Ctrl-C and goes on with the same data at the next start', async () => {
    const first = await start();
    const created = await post(first.url, 'experiments/create', { name: 'before Ctrl-C' });
    expect([created.status, created.body]).toEqual([200, { experiment_id: expect.any(String) }]);
    expect(await first.interrupt()).toBe(0);
    expect(postmasterFiles(dataDir)).toEqual([]);

    const second = await start();
    const { body } = await get(second.url, 'experiments/get', created.body as Record<string, string>);
    expect(body).toMatchObject({ experiment: { ...created.body, name: 'before Ctrl-C' } });
    expect(await second.interrupt()).toBe(0);
  }, 300_000);
});
