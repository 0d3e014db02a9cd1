import type { Queryable } from '@millrace/platform/postgres';
import type { RunId } from '../domain/ids.ts';
import type { DatasetInput } from '../domain/run.ts';
import { TARGET, targetValues } from './log-points.ts';

/**
 * Links data sets and models to an active run, in one statement. A data set is known by (experiment, name, digest): the
 * first to name it says what it is, and linking it again changes nothing. False when there is no such active run.
 */
export async function insertInputs(
  db: Queryable,
  workspace: string,
  run: RunId,
  datasets: readonly (DatasetInput & { readonly context: string | null })[],
  models: readonly string[],
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'insert_inputs',
    text: `
      with ${TARGET},
      given as materialized (
        select * from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::jsonb[])
          as g (name, digest, source_type, source, schema, profile, context, tags)),
      dataset as (
        insert into tracking.dataset as d (workspace_id, experiment_id, name, digest, source_type, source, schema, profile)
        select t.workspace_id, t.experiment_id, g.name, g.digest, g.source_type, g.source, g.schema, g.profile
        from target t, given g order by g.name, g.digest
        on conflict (workspace_id, experiment_id, name, digest) do update set name = d.name
        returning dataset_id, name, digest),
      linked as (
        insert into tracking.run_dataset_input (run_id, dataset_id, workspace_id, context, tags)
        select t.run_id, d.dataset_id, t.workspace_id, g.context, g.tags
        from target t, given g join dataset d using (name, digest)
        on conflict do nothing),
      model as (
        insert into tracking.run_model_input (run_id, model_id, workspace_id)
        select t.run_id, m.id, t.workspace_id from target t, (select unnest($11::text[]) as id order by 1) m
        on conflict do nothing)
      select from target`,
    values: [
      ...targetValues([{ run, workspace }]),
      datasets.map(({ name }) => name),
      datasets.map(({ digest }) => digest),
      datasets.map(({ sourceType }) => sourceType),
      datasets.map(({ source }) => source),
      datasets.map(({ schema }) => schema),
      datasets.map(({ profile }) => profile),
      datasets.map(({ context }) => context),
      datasets.map(({ tags }) => JSON.stringify(tags)),
      models,
    ],
  });
  return rowCount === 1;
}

export type ModelOutput = { readonly modelId: string; readonly step: number };

/** Idempotent. False when there is no such active run. */
export async function insertOutputs(
  db: Queryable,
  workspace: string,
  run: RunId,
  models: readonly ModelOutput[],
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'insert_outputs',
    text: `
      with ${TARGET},
      output as (
        insert into tracking.run_model_output (run_id, model_id, workspace_id, step)
        select t.run_id, m.id, t.workspace_id, m.step
        from target t, (select * from unnest($3::text[], $4::bigint[]) as u (id, step) order by id) m
        on conflict do nothing)
      select from target`,
    values: [
      ...targetValues([{ run, workspace }]),
      models.map(({ modelId }) => modelId),
      models.map(({ step }) => step),
    ],
  });
  return rowCount === 1;
}
