import type { Queryable } from '@millrace/platform/postgres';
import type { KeyValue } from '../domain/experiment.ts';
import type { LoggedModel, ModelMetric } from '../domain/logged-model.ts';
import { MODEL_COLUMNS, type ModelRow, modelInfo } from './logged-model-row.ts';

/** Of one model; a client that wants more of a metric asks for the history of the run that logged it. */
export const MAX_POINTS = 25_000;

export type DetailsRow = ModelRow & {
  readonly metrics: readonly (Omit<ModelMetric, 'value'> & { readonly value: number | string })[] | null;
  readonly params: readonly KeyValue[] | null;
  readonly tags: readonly KeyValue[] | null;
};

/**
 * A select of whole models, to which `where` and `order by` may be added. `source` is a relation with the columns of
 * logged_model and the alias `m`; `maxPoints` is a placeholder. Where a model has more points, the latest of every key
 * are taken before the second latest of any.
 */
export function modelDetails(source: string, maxPoints: string): string {
  return `select ${MODEL_COLUMNS}, x.metrics, p.params, t.tags
    from ${source}
    cross join lateral (
      select json_agg(json_build_object('key', k.key, 'value', l.value, 'timestampMs', l.timestamp_ms, 'step', l.step,
        'runId', replace(l.run_id::text, '-', ''), 'datasetName', l.dataset_name, 'datasetDigest', l.dataset_digest)
        order by k.key collate "C", l.timestamp_ms, l.step, l.value) as metrics
      from (
        select key_id, value, timestamp_ms, step, run_id, dataset_name, dataset_digest,
          row_number() over (partition by key_id order by timestamp_ms desc, step desc, value desc) as recency
        from tracking.logged_model_metric where model_id = m.model_id
        order by recency limit ${maxPoints}) l
      join tracking.metric_key k using (key_id)) x
    cross join lateral (
      select json_agg(json_build_object('key', key, 'value', value) order by key collate "C") as params
      from tracking.logged_model_param where model_id = m.model_id) p
    cross join lateral (
      select json_agg(json_build_object('key', key, 'value', value) order by key collate "C") as tags
      from tracking.logged_model_tag where model_id = m.model_id) t`;
}

export function toModel(row: DetailsRow): LoggedModel {
  return {
    info: modelInfo(row),
    // JSON has no NaN: it arrives as text
    metrics: (row.metrics ?? []).map((metric) => ({ ...metric, value: Number(metric.value) })),
    params: row.params ?? [],
    tags: row.tags ?? [],
  };
}

/** Deleted ones too. */
export async function findModel(db: Queryable, workspace: string, id: string): Promise<LoggedModel | undefined> {
  const { rows } = await db.query<DetailsRow>({
    name: 'find_logged_model',
    text: `${modelDetails('tracking.logged_model m', '$3')} where m.model_id = $1 and m.workspace_id = $2`,
    values: [id, workspace, MAX_POINTS],
  });
  return rows[0] && toModel(rows[0]);
}
