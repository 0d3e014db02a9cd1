import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { printFilter } from '@millrace/platform/testing/print-filter';
import fc from 'fast-check';
import pg from 'pg';
import type { ExperimentId } from '../src/domain/ids.ts';
import { runFilter } from '../src/domain/run-filter.ts';
import { runTerms } from '../src/domain/run-order.ts';
import { listRunIds, type RunQuery, type SearchLimits } from '../src/store/search-runs.ts';
import { anyFilter, anyOrder, anyRun } from './_any-search.ts';
import { insertRuns } from './_insert-runs.ts';
import { inOrder, matches, placeOf, type SeenRun } from './_seen-runs.ts';
import { startService, type TrackingService } from './_service.ts';

const MANY = 1_000_000;

/** Each leaves one way of searching, or forces the change from one to another. */
const STRATEGIES: Readonly<Record<string, SearchLimits>> = {
  'few candidates': { narrow: MANY, walk: -1, spare: 0, wide: MANY, crowd: MANY },
  'a walk': { narrow: -1, walk: MANY, spare: 0, wide: 0, crowd: MANY },
  'a walk through all experiments': { narrow: -1, walk: MANY, spare: 0, wide: 0, crowd: 2 },
  'all candidates': { narrow: -1, walk: -1, spare: 0, wide: -1, crowd: MANY },
  'walks that give up': { narrow: -1, walk: 0, spare: 0, wide: 2, crowd: 1 },
  'what there is room for': { narrow: 2, walk: 6, spare: 1, wide: 4, crowd: 3 },
};

describe('searching runs in any way', () => {
  let service: TrackingService;
  let pool: pg.Pool;
  let nextExperiment = 1000;

  beforeAll(async () => {
    service = await startService();
    pool = new pg.Pool({ connectionString: service.databaseUrl, max: 1, types: { getTypeParser } });
  });
  afterAll(async () => {
    await pool?.end();
    await service?.close();
  });

  const anyCase = fc
    .uniqueArray(anyRun, { minLength: 1, maxLength: 40, selector: ({ id }) => id })
    .chain((runs) => fc.tuple(fc.constant(runs), fc.array(anyQuestion(runs), { minLength: 10, maxLength: 10 })));

  it.each(Object.entries(STRATEGIES))('finds by %s what is there, in order, page by page', async (_name, limits) => {
    const check = async ([runs, questions]: [SeenRun[], Question[]]) => {
      await pool.query(
        'truncate tracking.run, tracking.latest_metric, tracking.param, tracking.run_tag, tracking.dataset, tracking.run_dataset_input',
      );
      const experiments = [nextExperiment++, nextExperiment++, nextExperiment++];
      const metricKeys = await insertRuns(pool, runs, experiments);
      for (const question of questions) {
        const expected = answer(runs, question);
        const asked = question.experiments.map((i) => experiments[i] as ExperimentId);
        const query = { ...queryOf(question), experiments: asked, metricKeys };
        expect([question.filter, ...(await allPages(pool, query, limits))]).toEqual([question.filter, ...expected]);
      }
    };
    await fc.assert(fc.asyncProperty(anyCase, check), { numRuns: 25 });
  });
});

type Question = {
  readonly filter: string;
  readonly orderBy: readonly string[];
  readonly view: 'active' | 'deleted' | 'all';
  readonly experiments: readonly number[];
  readonly pageSize: number;
};

function anyQuestion(runs: readonly SeenRun[]): fc.Arbitrary<Question> {
  return fc.record({
    filter: anyFilter(runs.map(({ id }) => id)).map(printFilter),
    orderBy: anyOrder,
    view: fc.constantFrom('active', 'deleted', 'all'),
    experiments: fc.constantFrom([0], [1, 2], [0, 1, 2]),
    pageSize: fc.constantFrom(1, 3, 100),
  });
}

function answer(runs: readonly SeenRun[], { filter, orderBy, view, experiments }: Question): string[] {
  const [wanted, terms] = [runFilter(filter), runTerms(orderBy)];
  return runs
    .filter((run) => experiments.includes(run.experiment) && (view === 'all' || run.deleted === (view === 'deleted')))
    .filter((run) => matches(wanted, { ...run, tags: { ...run.tags, 'mlflow.runName': run.name } }))
    .map((run) => ({ id: run.id, place: placeOf(run, terms) }))
    .sort((a, b) => inOrder(terms, a.place, b.place))
    .map(({ id }) => id);
}

function queryOf({ filter, orderBy, view, pageSize }: Question): Omit<RunQuery, 'experiments' | 'metricKeys'> {
  const terms = runTerms(orderBy);
  return { workspace: 'default', view, filter: runFilter(filter), terms, after: undefined, limit: pageSize };
}

async function allPages(pool: pg.Pool, query: RunQuery, limits: SearchLimits): Promise<string[]> {
  const ids: string[] = [];
  for (let { after } = query; ; ) {
    const page = await listRunIds(pool, { ...query, after }, limits);
    ids.push(...page.map(({ id }) => id));
    after = page.at(-1)?.place;
    if (page.length < query.limit) return ids;
  }
}

const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format as 'text');
