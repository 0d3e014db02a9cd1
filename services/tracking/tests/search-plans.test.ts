import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Queryable } from '@millrace/platform/postgres';
import { leaves } from '@millrace/platform/search/logic';
import pg from 'pg';
import type { ExperimentId, RunId } from '../src/domain/ids.ts';
import { runFilter } from '../src/domain/run-filter.ts';
import { runTerms } from '../src/domain/run-order.ts';
import { listRuns } from '../src/store/run-details.ts';
import {
  type FoundRun,
  listRunIds,
  listRunIdsFrom,
  type RunQuery,
  type SearchLimits,
} from '../src/store/search-runs.ts';
import { seedRuns } from './_seeded-runs.ts';
import { startService, type TrackingService } from './_service.ts';

const [SMALL, LARGE, LAST] = [1001, 1002, 1041] as [ExperimentId, ExperimentId, ExperimentId];
const RUNS = 20_000;

type Plan = { readonly 'Node Type': string; readonly 'Relation Name'?: string; readonly Plans?: readonly Plan[] };

describe('with twenty thousand runs', () => {
  let service: TrackingService;
  let client: pg.Client;
  let metricKeys: ReadonlyMap<string, number>;

  beforeAll(async () => {
    service = await startService();
    client = new pg.Client(service.databaseUrl);
    await client.connect();
    // half of them in one experiment, half in forty
    const experiments = Array.from({ length: 40 }, (_, i) => [LARGE, LARGE + i]).flat() as ExperimentId[];
    await seedRuns(client, RUNS, [...experiments, SMALL]);
    const { rows } = await client.query<{ key: string; key_id: number }>('select key, key_id from tracking.metric_key');
    metricKeys = new Map(rows.map(({ key, key_id }) => [key, key_id]));
  });
  afterAll(async () => {
    await client?.end();
    await service?.close();
  });

  /** Runs statements as they come, and keeps what was read in their plans. */
  function spying(): { readonly db: Queryable; readonly seqScans: string[]; readonly statements: string[] } {
    const [seqScans, statements]: [string[], string[]] = [[], []];
    const query = async (text: string | { text: string; values: unknown[] }, given?: unknown[]) => {
      const [sql, values] = typeof text === 'string' ? [text, given] : [text.text, text.values];
      const explained = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(`explain (format json) ${sql}`, values);
      collect(explained.rows[0]?.['QUERY PLAN'][0].Plan, seqScans);
      statements.push(sql);
      return client.query(sql, values);
    };
    return { db: { query } as unknown as Queryable, seqScans, statements };
  }

  function query(filter: string, orderBy: readonly string[], experiments: readonly ExperimentId[]): RunQuery {
    const [logic, terms] = [runFilter(filter), runTerms(orderBy)];
    expect(leaves(logic).filter(({ on, key }) => on === 'metric' && !metricKeys.has(key))).toEqual([]);
    return {
      workspace: 'default',
      experiments,
      view: 'active',
      filter: logic,
      terms,
      metricKeys,
      after: undefined,
      limit: 100,
    };
  }

  const NARROW: SearchLimits = { narrow: RUNS, walk: -1, spare: 64, wide: RUNS, crowd: RUNS };
  const WALK: SearchLimits = { narrow: -1, walk: RUNS, spare: 64, wide: RUNS, crowd: RUNS };
  const CROWD: SearchLimits = { ...WALK, crowd: 2 };
  const ALL: SearchLimits = { narrow: -1, walk: -1, spare: 64, wide: RUNS, crowd: RUNS };
  const many = Array.from({ length: 40 }, (_, i) => LARGE + i) as ExperimentId[];

  it.each([
    ['a metric', 'metrics.acc > 0.999', [], NARROW],
    ['a param', "params.p1 = '7'", ['metrics.acc DESC'], NARROW],
    ['the beginning of a tag', "tags.`mlflow.runName` LIKE 'run-77%'", [], NARROW],
    ['any part of a tag', "tags.team ILIKE '%_7'", [], NARROW],
    ['alternatives', "params.p1 = '7' OR metrics.m1 < 0.001", [], NARROW],
    ['ids', `run_id IN ('${'0'.repeat(32)}')`, [], NARROW],
    ['times', 'start_time < 1700000000100', [], NARROW],
    ['nothing', '', [], WALK],
    ['nothing, oldest first', '', ['start_time ASC'], WALK],
    ['nothing, across experiments', '', [], CROWD],
    ['nothing, across experiments, oldest first', '', ['start_time ASC'], CROWD],
    ['a param of few values', "params.lr = '0.1' and metrics.acc > 0.5", [], WALK],
    ['a negation', "NOT params.lr = '0.1'", [], WALK],
    ['what is missing', 'tags.nothing IS NULL', [], WALK],
    ['nothing, by metric', '', ['metrics.acc'], WALK],
    ['a metric, by metric downwards', "metrics.acc > 0.9 and params.lr = '0.01'", ['metrics.acc DESC'], WALK],
    ['nothing, by param', '', ['params.lr'], WALK],
    ['nothing, by param downwards', '', ['params.lr DESC'], WALK],
    ['nothing, by param and metric', '', ['params.lr', 'metrics.acc DESC'], WALK],
    ['nothing, by tag', "tags.team LIKE 'team_1%'", ['tags.team'], WALK],
    ['nothing, by end', '', ['end_time DESC'], ALL],
    ['a status', "status = 'RUNNING'", [], ALL],
    ['a metric that many have', 'metrics.acc > 0.1', ['run_name'], ALL],
  ])('a search for %s goes by indexes', async (_name, filter, orderBy, limits) => {
    for (const experiments of [[LARGE], many]) {
      const { db, seqScans, statements } = spying();
      const asked = query(filter, orderBy, experiments);
      const found = await listRunIds(db, asked, limits);
      const next = await listRunIds(db, { ...asked, after: found.at(-1)?.place }, limits);
      expect(overlap(found, next)).toEqual([]);
      expect(seqScans).toEqual([]);
      expect(statements.length).toBeLessThan(40);
    }
  });

  it('a page of an offset goes by indexes', async () => {
    const { db, seqScans } = spying();
    const asked = query('', [], [LARGE]);
    const whole = await listRunIds(db, { ...asked, limit: 150 });
    expect(await listRunIdsFrom(db, asked, 50)).toEqual(whole.slice(50));
    expect(seqScans).toEqual([]);
  });

  it('whole runs are read by their ids', async () => {
    const found = await listRunIds(client, { ...query('', [], [LARGE]), limit: 1000 });
    const { db, seqScans } = spying();
    const runs = await listRuns(
      db,
      'default',
      found.map(({ id }) => id as RunId),
    );
    expect(
      runs.map(({ info, metrics, params, tags }) => [info.id, metrics.length, params.length, tags.length]),
    ).toEqual(found.map(({ id }) => [id, 10, 10, 5]));
    expect(seqScans).toEqual([]);
  });

  it('an experiment with few runs among many is no slower', async () => {
    const { db, seqScans } = spying();
    const found = await listRunIds(db, query('metrics.acc > 0.1', ['end_time'], [SMALL, LAST]));
    expect(found.length).toBe(100);
    expect(seqScans).toEqual([]);
  });
});

const LOGGED = ['run', 'param', 'run_tag', 'latest_metric', 'metric'];

function collect(plan: Plan | undefined, into: string[]): void {
  if (!plan) return;
  const table = plan['Relation Name'];
  if (plan['Node Type'].includes('Seq Scan') && table && LOGGED.includes(table)) into.push(table);
  for (const part of plan.Plans ?? []) collect(part, into);
}

function overlap(one: readonly FoundRun[], other: readonly FoundRun[]): string[] {
  const ids = new Set(one.map(({ id }) => id));
  return other.map(({ id }) => id).filter((id) => ids.has(id));
}
