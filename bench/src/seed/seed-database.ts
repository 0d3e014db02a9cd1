import { createHash } from 'node:crypto';
import pg from 'pg';
import type { Seeded } from '../workloads/workload.ts';
import { millraceSchema } from './millrace-schema.ts';
import { mlflowSchema } from './mlflow-schema.ts';
import { experimentName, HISTORY_METRIC, historyName, historyRuns, LONG_RUN, SEEDED_TAG, searchName } from './names.ts';
import type { Schema } from './schema.ts';

type Progress = (text: string) => void;

const RUNS_AT_A_TIME = 5_000;
const POINTS_AT_A_TIME = 100_000;

/**
 * Fills the tables of Millrace or MLflow, whichever the database has. What is there already is kept, so that it can be
 * called again, also after it was cut off.
 */
export async function seedDatabase(url: string, seeded: Seeded, progress: Progress): Promise<void> {
  const db = new pg.Client({ connectionString: url, application_name: 'millrace-bench' });
  await db.connect();
  try {
    const schema = await findSchema(db);
    const added = [
      await seedRuns(db, schema, seeded, progress),
      await seedHistory(db, schema, seeded.points, progress),
    ];
    if (added.includes(true)) await settle(db);
  } finally {
    await db.end();
  }
}

/** Does now what PostgreSQL would do in its own time, which may be during a measurement. */
async function settle(db: pg.Client): Promise<void> {
  await db.query('vacuum (analyze)');
  // only superusers may
  await db.query('checkpoint').catch(() => {});
}

async function findSchema(db: pg.Client): Promise<Schema> {
  for (const schema of [millraceSchema, mlflowSchema]) {
    const [row] = (await db.query<{ found: boolean }>('select to_regclass($1) is not null as found', [schema.landmark]))
      .rows;
    if (row?.found) return schema;
  }
  throw new Error('The database has the tables of neither Millrace nor MLflow: start its server on it first');
}

/** Whether there was something to do. */
async function seedRuns(db: pg.Client, schema: Schema, { runs, experiments }: Seeded, progress: Progress) {
  const name = searchName(runs, experiments);
  const ids = await findExperiments(
    db,
    schema,
    Array.from({ length: experiments }, (_, i) => experimentName(name, i)),
  );
  const there = await count(db, schema.countRuns, [ids]);
  for (let from = there; from < runs; from += RUNS_AT_A_TIME) {
    const last = Math.min(runs, from + RUNS_AT_A_TIME) - 1;
    await inTransaction(db, schema.insertRuns, [name, ids, from, last]);
    progress(`${schema.server}: ${last + 1} of ${runs} runs`);
  }
  await db.query(schema.tagExperiment, [ids[0], SEEDED_TAG, String(runs)]);
  return there < runs;
}

/** Whether there was something to do. */
async function seedHistory(db: pg.Client, schema: Schema, points: number, progress: Progress) {
  const [experiment] = await findExperiments(db, schema, [historyName(points)]);
  let added = false;
  for (const run of historyRuns(points)) {
    const id = createHash('md5')
      .update(`${historyName(points)} ${run.name}`)
      .digest('hex');
    await db.query(schema.insertRun, [id, experiment, run.name]);
    const there = await count(db, schema.countPoints, [id, HISTORY_METRIC]);
    for (let from = there; from < run.points; from += POINTS_AT_A_TIME) {
      const last = Math.min(run.points, from + POINTS_AT_A_TIME) - 1;
      await inTransaction(db, schema.insertPoints, [id, HISTORY_METRIC, from, last]);
      added = true;
      if (run.name === LONG_RUN) progress(`${schema.server}: ${last + 1} of ${points} points`);
    }
  }
  await db.query(schema.tagExperiment, [experiment, SEEDED_TAG, String(points)]);
  return added;
}

async function findExperiments(db: pg.Client, schema: Schema, names: readonly string[]): Promise<readonly string[]> {
  await db.query(schema.insertExperiments, [names]);
  const { rows } = await db.query<{ id: string }>(schema.findExperiments, [names]);
  return rows.map(({ id }) => id);
}

async function count(db: pg.Client, text: string, values: readonly unknown[]): Promise<number> {
  const { rows } = await db.query<{ count: string }>(text, [...values]);
  return Number(rows[0]?.count);
}

async function inTransaction(db: pg.Client, statements: readonly string[], values: readonly unknown[]): Promise<void> {
  await db.query('begin');
  for (const statement of statements) await db.query(statement, [...values]);
  await db.query('commit');
}
