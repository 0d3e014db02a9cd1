import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { DatasetInput, Pair, Point, PublishedEvent, Stored, StoredRun, StoredVersion } from './stored.ts';

type OfRun = { readonly run_id: string };
type RunRow = OfRun &
  Pick<StoredRun, 'name' | 'status'> & { readonly user_id: string; readonly end_time: number | null };

const RUN_ID = `replace(run_id::text, '-', '') as run_id`;
const STATUS_NAME = `(array['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'])[status]`;

/** Everything, as it lies in the tables. */
export async function readFromDatabase(db: pg.Client): Promise<Stored> {
  const rows = async <T extends object>(sql: string) => (await db.query<T>(sql)).rows;
  const runs = await rows<RunRow>(
    `select ${RUN_ID}, name, user_id, ${STATUS_NAME} as status, end_time_ms::float8 as end_time from tracking.run`,
  );
  const points = (table: string) => `
    select ${RUN_ID}, key, step::float8, timestamp_ms::float8 as timestamp, value
    from tracking.${table} join tracking.metric_key using (key_id)`;
  const pairs = (table: string) => `select ${RUN_ID}, key, value from tracking.${table}`;
  const history = byRun(await rows<OfRun & Point>(points('metric')));
  const latest = byRun(await rows<OfRun & Point>(points('latest_metric')));
  const params = byRun(await rows<OfRun & Pair>(pairs('param')));
  const tags = byRun(await rows<OfRun & Pair>(pairs('run_tag')));
  const datasets = byRun(
    await rows<OfRun & DatasetInput>(
      `select ${RUN_ID}, name, digest, tags from tracking.run_dataset_input join tracking.dataset using (dataset_id)`,
    ),
  );
  const versions = await rows<StoredVersion>(
    `select version::text, description, stage from registry.model_version where deleted_ms is null`,
  );
  const stored = runs.map(({ run_id: id, name, user_id: userId, status, end_time: endTime }) => ({
    ...{ id, name, userId, status, endTime },
    ...{ history: history(id), latest: latest(id), params: params(id), tags: tags(id), datasets: datasets(id) },
  }));
  return { runs: stored, versions };
}

function byRun<T extends OfRun>(rows: readonly T[]): (id: string) => readonly T[] {
  const groups = Map.groupBy(rows, (row) => row.run_id);
  return (id) => groups.get(id) ?? [];
}

/** In the order of publication. */
export async function readEvents(db: pg.Client): Promise<PublishedEvent[]> {
  const { rows } = await db.query<{ event: PublishedEvent }>('select event from events.event_log order by position');
  return rows.map(({ event }) => event);
}

const OUTBOXES = ['tracking', 'registry', 'artifacts'];
const PATIENCE_MS = 30_000;

/** How many events still wait, after they had plenty of time to be published. */
export async function countWaiting(db: pg.Client): Promise<number> {
  const tables = OUTBOXES.map((schema) => `(select count(*) from ${schema}.outbox)`);
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const { rows } = await db.query<{ waiting: number }>(`select (${tables.join(' + ')})::float8 as waiting`);
    const waiting = rows[0]?.waiting ?? 0;
    if (waiting === 0 || Date.now() > deadline) return waiting;
    await sleep(50);
  }
}
