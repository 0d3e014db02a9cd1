import type { Queryable } from '@millrace/platform/postgres';
import type { LoggedMetric } from '../domain/run.ts';
import type { Target } from './log-points.ts';
import { storable } from './metric-value.ts';

/** Adds points to the logged models they name; ids of models that do not exist have been refused before. */
export async function insertModelMetrics(
  tx: Queryable,
  { run, workspace }: Target,
  metrics: readonly (LoggedMetric & { readonly keyId: number })[],
): Promise<void> {
  await tx.query({
    name: 'insert_model_metrics',
    text: `
      insert into tracking.logged_model_metric
        (model_id, key_id, timestamp_ms, step, value, run_id, workspace_id, dataset_name, dataset_digest)
      select m.model_id, m.key_id, m.timestamp_ms, m.step, m.value, $1, $2, m.dataset_name, m.dataset_digest
      from unnest($3::text[], $4::integer[], $5::bigint[], $6::bigint[], $7::float8[], $8::text[], $9::text[])
        as m (model_id, key_id, timestamp_ms, step, value, dataset_name, dataset_digest)
      order by m.model_id, m.key_id, m.timestamp_ms, m.step, m.value
      on conflict do nothing`,
    values: [
      run,
      workspace,
      metrics.map(({ modelId }) => modelId),
      metrics.map(({ keyId }) => keyId),
      metrics.map(({ timestampMs }) => timestampMs),
      metrics.map(({ step }) => step),
      metrics.map(({ value }) => storable(value)),
      metrics.map(({ datasetName }) => datasetName ?? null),
      metrics.map(({ datasetDigest }) => datasetDigest ?? null),
    ],
  });
}
