import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Result } from '../src/load/measure.ts';

const MAIN = join(import.meta.dirname, '../src/main.ts');
const bench = (...args: readonly string[]) => promisify(execFile)(process.execPath, [MAIN, ...args]);

const WORKLOADS = [
  'log-metric-c1',
  'log-batch-10-c20',
  'create-finish-run',
  'create-run-100-params',
  'search-metric-and-param',
  'search-all-pages',
  'get-history',
  'get-history-samples',
  'log-batch-1000-again',
];
const TINY = '--clients 2 --rounds 2 --seconds 0.1 --warmup 0 --runs 200 --points 200'.split(' ');

describe('a run of the benchmarks', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-bench-test-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('starts and measures a Millrace of its own, and reports it in Markdown and JSON', async () => {
    const [json, page] = [join(folder, 'out.json'), join(folder, 'page.md')];
    await writeFile(page, 'before\n<!-- results -->\nold\n<!-- end of results -->\nafter\n');
    const { stdout } = await bench('run', ...TINY, '--only', WORKLOADS.join(), '--json', json, '--into', page);

    const { results } = JSON.parse(await readFile(json, 'utf8')) as { results: readonly Result[] };
    expect(new Set(results.map(({ workload }) => workload))).toEqual(new Set(WORKLOADS));
    for (const result of results) {
      const measured = 'measured' in result ? result.measured : undefined;
      expect([result.workload, measured?.clients, measured?.failures]).toEqual([result.workload, 2, {}]);
      expect(measured?.finished).toBeGreaterThanOrEqual(2 * 2);
      expect(measured?.latency?.p99).toBeGreaterThanOrEqual(measured?.latency?.p50 ?? Number.NaN);
      expect(stdout).toMatch(new RegExp(`^\\| ${result.workload} \\| millrace \\| [\\d.,]+ \\|`, 'm'));
    }
    expect(await readFile(page, 'utf8')).toBe(
      `before\n<!-- results -->\n\n${stdout}\n<!-- end of results -->\nafter\n`,
    );
  });

  it('refuses a workload that it does not have before it starts anything', async () => {
    await expect(bench('run', '--only', 'log-metrics')).rejects.toMatchObject({
      stderr: expect.stringContaining('No workload is named log-metrics'),
    });
  });
});
