import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pythonWithMlflow } from '@millrace/platform/testing/python';
import { type Local, startLocal } from '../programs/local.ts';
import { runPython } from './_journey.ts';

const QUICKSTART = fileURLToPath(new URL('../../docs/quickstart/quickstart.py', import.meta.url));

describe('the quickstart', () => {
  let dataDir: string;
  let local: Local;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'millrace-quickstart-'));
    local = await startLocal(dataDir);
  }, 300_000);
  afterAll(async () => {
    await local?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('prints what its README says, also when it is run again', async () => {
    const python = await pythonWithMlflow('newest');
    const first = await runPython(python, QUICKSTART, [local.url]);
    expect(first).toContain('Best run: ridge, alpha 0.01, R² 0.439');
    expect(first).toContain('diabetes-progression version 1: Production');
    expect(first).toContain('Predictions: 116.9, 106.0, 188.4');

    const second = await runPython(python, QUICKSTART, [local.url]);
    expect(second).toContain('diabetes-progression version 2: Production');
    expect(second).toContain('diabetes-progression version 1: Archived');
    expect(second).toContain('Predictions: 116.9, 106.0, 188.4');
  }, 300_000);
});
