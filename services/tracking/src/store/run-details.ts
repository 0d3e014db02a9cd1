import type { Queryable } from '@millrace/platform/postgres';
import type { KeyValue } from '../domain/experiment.ts';
import type { RunId } from '../domain/ids.ts';
import type { DatasetInput, Metric, Run } from '../domain/run.ts';
import { RUN_COLUMNS, type RunRow, runInfo } from './runs.ts';

/** What many runs have under one key: of the run at position `at[i]` the values `values[i]`, `steps[i]`… */
type Column<Value> = { readonly key: string; readonly at: readonly number[]; readonly values: readonly Value[] };
type MetricColumn = Column<number | string> & { readonly times: readonly number[]; readonly steps: readonly number[] };
type Dataset = Omit<DatasetInput, 'tags'> & { readonly id: number };
type Link = { readonly at: number; readonly dataset: number; readonly tags: readonly KeyValue[] };

type Details = {
  readonly runs: readonly (RunRow & { readonly at: number })[] | null;
  readonly metrics: readonly MetricColumn[] | null;
  readonly params: readonly Column<string>[] | null;
  readonly tags: readonly Column<string>[] | null;
  readonly datasets: readonly Dataset[] | null;
  readonly links: readonly Link[] | null;
  readonly model_inputs: readonly { readonly at: number; readonly id: string }[] | null;
  readonly model_outputs: readonly { readonly at: number; readonly id: string; readonly step: number }[] | null;
};

/** So many runs are read at a time: PostgreSQL holds what it puts together in memory. */
const SLICE = 2_000;

/** Whole runs, in the order of their ids. Ids of other workspaces, or of no run, are left out. */
export async function listRuns(db: Queryable, workspace: string, ids: readonly RunId[]): Promise<Run[]> {
  const runs: Run[] = [];
  for (let at = 0; at < ids.length; at += SLICE) {
    runs.push(...(await listSlice(db, workspace, ids.slice(at, at + SLICE))));
  }
  return runs;
}

/**
 * In one round trip. What is logged comes by key, as arrays over the runs: one row for each of the tens of values of a run
 * would cost more than all the rest of a search. Lateral queries with `offset 0` are answered run by run, from primary keys.
 */
async function listSlice(db: Queryable, workspace: string, ids: readonly RunId[]): Promise<Run[]> {
  const { rows } = await db.query<Details>({
    name: 'list_runs',
    text: `
      with w as materialized (
        select u.run_id, u.at::integer as at from unnest($2::uuid[]) with ordinality as u (run_id, at))
      select
        (select json_agg(x) from (
          select w.at, ${RUN_COLUMNS} from w cross join lateral (
            select * from tracking.run where run_id = w.run_id and workspace_id = $1 offset 0) r) x) as runs,
        (select json_agg(x) from (
          select k.key, c.at, c.values, c.times, c.steps from (
            select m.key_id, array_agg(w.at) as at, array_agg(m.value) as values,
              array_agg(m.timestamp_ms) as times, array_agg(m.step) as steps
            from w cross join lateral (
              select key_id, value, timestamp_ms, step from tracking.latest_metric where run_id = w.run_id offset 0) m
            group by m.key_id) c
          join tracking.metric_key k using (key_id) order by k.key collate "C") x) as metrics,
        (${columnsSql('tracking.param')}) as params,
        (${columnsSql('tracking.run_tag')}) as tags,
        (select json_agg(x) from (
          select s.dataset_id as id, s.name, s.digest, s.source_type as "sourceType", s.source, s.schema, s.profile
          from tracking.dataset s where s.workspace_id = $1 and s.dataset_id in (
            select dataset_id from tracking.run_dataset_input where run_id = any($2::uuid[]))) x) as datasets,
        (select json_agg(x) from (
          select w.at, i.dataset_id as dataset, i.tags from tracking.run_dataset_input i join w using (run_id)
          where i.run_id = any($2::uuid[]) order by i.dataset_id) x) as links,
        (select json_agg(x) from (
          select w.at, i.model_id as id from tracking.run_model_input i join w using (run_id)
          where i.run_id = any($2::uuid[]) order by i.model_id) x) as model_inputs,
        (select json_agg(x) from (
          select w.at, o.model_id as id, o.step from tracking.run_model_output o join w using (run_id)
          where o.run_id = any($2::uuid[]) order by o.step, o.model_id) x) as model_outputs`,
    values: [workspace, ids],
  });
  return rows[0] ? assemble(rows[0]) : [];
}

const columnsSql = (table: string) => `
  select json_agg(x) from (
    select v.key, array_agg(w.at) as at, array_agg(v.value) as values
    from w cross join lateral (select key, value from ${table} where run_id = w.run_id offset 0) v
    group by v.key order by v.key) x`;

/** What was logged to a run of another workspace meets no run here. */
function assemble(details: Details): Run[] {
  const runs: Parts[] = [];
  for (const row of details.runs ?? []) runs[row.at] = newParts(row);
  for (const column of details.metrics ?? []) addMetrics(runs, column);
  for (const { key, at, values } of details.params ?? []) {
    for (let i = 0; i < at.length; i++) runs[at[i] ?? 0]?.params.push({ key, value: values[i] ?? '' });
  }
  for (const { key, at, values } of details.tags ?? []) {
    for (let i = 0; i < at.length; i++) runs[at[i] ?? 0]?.tags.push({ key, value: values[i] ?? '' });
  }
  addUsed(runs, details);
  return runs.filter((run) => run !== undefined);
}

function addMetrics(runs: readonly Parts[], { key, at, values, times, steps }: MetricColumn): void {
  for (let i = 0; i < at.length; i++) {
    // JSON has no NaN: it arrives as text
    const metric = { key, value: Number(values[i]), timestampMs: times[i] ?? 0, step: steps[i] ?? 0 };
    runs[at[i] ?? 0]?.metrics.push(metric);
  }
}

type Parts = Run & {
  readonly metrics: Metric[];
  readonly params: KeyValue[];
  readonly tags: KeyValue[];
  readonly datasets: DatasetInput[];
  readonly modelInputs: string[];
  readonly modelOutputs: { readonly modelId: string; readonly step: number }[];
};

const newParts = (row: RunRow): Parts => ({
  info: runInfo(row),
  metrics: [],
  params: [],
  tags: [],
  datasets: [],
  modelInputs: [],
  modelOutputs: [],
});

function addUsed(runs: readonly Parts[], { datasets, links, model_inputs, model_outputs }: Details): void {
  const known = new Map(datasets?.map(({ id, ...dataset }) => [id, dataset]));
  for (const { at, dataset, tags } of links ?? []) {
    const used = known.get(dataset);
    if (used) runs[at]?.datasets.push({ ...used, tags });
  }
  for (const { at, id } of model_inputs ?? []) runs[at]?.modelInputs.push(id);
  for (const { at, id, step } of model_outputs ?? []) runs[at]?.modelOutputs.push({ modelId: id, step });
}
