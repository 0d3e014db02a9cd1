import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@millrace/platform/testing/database';
import { Arrivals } from '../src/events/arrivals.ts';

const MAIN = join(import.meta.dirname, '../src/main.ts');
const TINY = ['--seconds', '0.5', '--models', '4'];

/** The rows of a table by the names of its columns; the first of a name counts. */
function rows(markdown: string): Record<string, string>[] {
  const cells = (line: string) => line.split(' | ').map((cell) => cell.replaceAll('|', '').trim());
  const [head = [], , ...others] = markdown
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map(cells);
  return others.map((row) => Object.fromEntries(head.map((name, i) => [name, row[i] ?? '']).reverse()));
}

describe('what comes behind an answer', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => {
    await database?.[Symbol.asyncDispose]();
  });

  const bench = async (...args: readonly string[]) =>
    rows((await promisify(execFile)(process.execPath, [MAIN, ...args, ...TINY, '--database', database.url])).stdout);

  it('is measured of events at their consumer', async () => {
    const [row] = await bench('events', '--by', 'postgres', '--change', 'stage', '--rate', '40');
    expect(row).toMatchObject({
      change: 'stage',
      by: 'postgres',
      events: '20',
      lost: '0',
      'out of order': '0',
      'wrong ids': '0',
    });
    expect(Number(row?.['p50 ms'])).toBeGreaterThan(0);
  }, 60_000);

  it('is measured of webhooks at the receivers that answer', async () => {
    const [row] = await bench('webhooks', '--rate', '16', '--receivers', '3', '--dead', '1');
    expect(row).toMatchObject({ receivers: '3', dead: '1', lost: '0', 'out of order': '0', failed: '0' });
    expect(Number(row?.['deliveries/s'])).toBeGreaterThan(0);
  }, 60_000);
});

describe('the arrivals of events', () => {
  it('tell what is lost, repeated, out of order and of two ids', () => {
    const arrivals = new Arrivals();
    for (const [id, comment] of [
      ['a', 'm 0'],
      ['a', 'm 0'],
      ['b', 'm 2'],
      ['c', 'm 1'],
      ['d', 'n 0'],
      ['e', 'n 0'],
    ]) {
      arrivals.add(id ?? '', comment ?? '', 10);
    }
    const answered = new Map([
      ['m 0', 5],
      ['m 1', 5],
      ['m 2', 11],
      ['m 3', 5],
      ['n 0', 5],
    ]);
    expect(arrivals).toMatchObject({ count: 4, repeated: 1, outOfOrder: 1, wrongIds: 1 });
    expect(arrivals.lost(answered)).toBe(1);
    expect(arrivals.latency(answered)).toMatchObject({ count: 4, min: 1 });
  });
});
