import type { Queryable } from '@millrace/platform/postgres';
import type { KeyValue } from '../domain/experiment.ts';
import type { RunId } from '../domain/ids.ts';
import type { DatasetInput, Metric, Run } from '../domain/run.ts';
import { RUN_COLUMNS, type RunRow, runInfo } from './runs.ts';

type DetailsRow = RunRow & {
  readonly metrics: readonly (Omit<Metric, 'value'> & { readonly value: number | string })[] | null;
  readonly params: readonly KeyValue[] | null;
  readonly tags: readonly KeyValue[] | null;
  readonly datasets: readonly DatasetInput[] | null;
  readonly model_inputs: readonly string[] | null;
  readonly model_outputs: readonly { readonly modelId: string; readonly step: number }[] | null;
};

/** Whole runs, in the order of their ids, in one round trip. Ids of other workspaces, or of no run, are left out. */
export async function listRuns(db: Queryable, workspace: string, ids: readonly RunId[]): Promise<Run[]> {
  if (ids.length === 0) return [];
  const { rows } = await db.query<DetailsRow>({
    name: 'list_runs',
    text: `
      select ${RUN_COLUMNS}, m.metrics, p.params, t.tags, d.datasets, i.model_inputs, o.model_outputs
      from unnest($2::uuid[]) with ordinality as wanted (run_id, position)
      join tracking.run r on r.run_id = wanted.run_id and r.workspace_id = $1
      cross join lateral (
        select json_agg(json_build_object('key', k.key, 'value', l.value, 'timestampMs', l.timestamp_ms, 'step', l.step)
          order by k.key collate "C") as metrics
        from tracking.latest_metric l join tracking.metric_key k using (key_id) where l.run_id = r.run_id) m
      cross join lateral (
        select json_agg(json_build_object('key', key, 'value', value) order by key collate "C") as params
        from tracking.param where run_id = r.run_id) p
      cross join lateral (
        select json_agg(json_build_object('key', key, 'value', value) order by key collate "C") as tags
        from tracking.run_tag where run_id = r.run_id) t
      cross join lateral (
        select json_agg(json_build_object('name', s.name, 'digest', s.digest, 'sourceType', s.source_type, 'source', s.source,
          'schema', s.schema, 'profile', s.profile, 'tags', x.tags) order by s.dataset_id) as datasets
        from tracking.run_dataset_input x
        join tracking.dataset s on s.workspace_id = x.workspace_id and s.dataset_id = x.dataset_id
        where x.run_id = r.run_id) d
      cross join lateral (
        select json_agg(model_id order by model_id) as model_inputs
        from tracking.run_model_input where run_id = r.run_id) i
      cross join lateral (
        select json_agg(json_build_object('modelId', model_id, 'step', step) order by step, model_id) as model_outputs
        from tracking.run_model_output where run_id = r.run_id) o
      order by wanted.position`,
    values: [workspace, ids],
  });
  return rows.map(toRun);
}

function toRun(row: DetailsRow): Run {
  return {
    info: runInfo(row),
    // JSON has no NaN: it arrives as text
    metrics: (row.metrics ?? []).map((metric) => ({ ...metric, value: Number(metric.value) })),
    params: row.params ?? [],
    tags: row.tags ?? [],
    datasets: row.datasets ?? [],
    modelInputs: row.model_inputs ?? [],
    modelOutputs: row.model_outputs ?? [],
  };
}
