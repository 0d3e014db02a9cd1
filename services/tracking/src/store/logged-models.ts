import type { OutboxRow } from '@millrace/platform/outbox/event';
import { outboxInsert, outboxValues } from '@millrace/platform/outbox/outbox';
import type { Queryable } from '@millrace/platform/postgres';
import type { KeyValue } from '../domain/experiment.ts';
import type { ExperimentId } from '../domain/ids.ts';
import type { LoggedModel, LoggedModelInfo, ModelStatus } from '../domain/logged-model.ts';
import { type DetailsRow, MAX_POINTS, modelDetails, toModel } from './logged-model-details.ts';
import { MODEL_COLUMNS, type ModelRow, modelInfo, STATUS_NAME, statusNumber } from './logged-model-row.ts';

/** Added to the data of every event about a model. */
const EVENT_DATA = `jsonb_build_object('experiment_id', m.experiment_id::text, 'name', m.name, 'model_type', m.model_type,
  'source_run_id', m.source_run_id, 'status', ${STATUS_NAME}, 'artifact_uri', m.artifact_uri)`;

export type NewModel = {
  readonly id: string;
  readonly experimentId: ExperimentId;
  readonly name: string;
  readonly modelType: string;
  readonly sourceRunId: string;
  readonly createdMs: number;
  /** No key twice, like `tags`. */
  readonly params: readonly KeyValue[];
  readonly tags: readonly KeyValue[];
};

/** The model, what belongs to it and its event in one statement. Undefined when the workspace has no such active experiment. */
export async function insertModel(
  db: Queryable,
  workspace: string,
  model: NewModel,
  event: OutboxRow,
): Promise<LoggedModelInfo | undefined> {
  const { rows } = await db.query<ModelRow>({
    name: 'insert_logged_model',
    text: `
      with home as (
        select experiment_id, workspace_id, artifact_location from tracking.experiment
        where workspace_id = $1 and experiment_id = $2 and not deleted),
      m as (
        insert into tracking.logged_model (model_id, workspace_id, experiment_id, name, model_type, source_run_id, status,
          artifact_uri, created_ms, updated_ms)
        select $3::text, workspace_id, experiment_id, $4, $5, $6, ${statusNumber('PENDING')},
          tracking.append_to_path(artifact_location, '/models/' || $3 || '/artifacts'), $7, $7
        from home
        returning *),
      param as (
        insert into tracking.logged_model_param (model_id, key, workspace_id, value)
        select m.model_id, n.key, m.workspace_id, n.value from m, unnest($8::text[], $9::text[]) as n (key, value)),
      tag as (
        insert into tracking.logged_model_tag (model_id, key, workspace_id, value)
        select m.model_id, n.key, m.workspace_id, n.value from m, unnest($10::text[], $11::text[]) as n (key, value)),
      event as (${outboxInsert('tracking', 'm', 12, EVENT_DATA)})
      select ${MODEL_COLUMNS} from m`,
    values: [
      workspace,
      model.experimentId,
      model.id,
      model.name,
      model.modelType,
      model.sourceRunId,
      model.createdMs,
      model.params.map(({ key }) => key),
      model.params.map(({ value }) => value),
      model.tags.map(({ key }) => key),
      model.tags.map(({ value }) => value),
      ...outboxValues(event),
    ],
  });
  return rows[0] && modelInfo(rows[0]);
}

/** Deleted ones too. */
export async function findModelInfo(
  db: Queryable,
  workspace: string,
  id: string,
): Promise<LoggedModelInfo | undefined> {
  const { rows } = await db.query<ModelRow>({
    name: 'find_logged_model_info',
    text: `select ${MODEL_COLUMNS} from tracking.logged_model m where m.model_id = $1 and m.workspace_id = $2`,
    values: [id, workspace],
  });
  return rows[0] && modelInfo(rows[0]);
}

/** `event` is only written when the status really changes. Undefined when there is no such model. */
export async function finalizeModel(
  db: Queryable,
  workspace: string,
  id: string,
  status: ModelStatus,
  nowMs: number,
  event: OutboxRow,
): Promise<LoggedModel | undefined> {
  const { rows } = await db.query<DetailsRow>({
    name: 'finalize_logged_model',
    text: `
      with before as (
        select model_id, status from tracking.logged_model
        where model_id = $1 and workspace_id = $2 for no key update),
      m as (
        update tracking.logged_model m set status = $3, updated_ms = $4
        from before where m.model_id = before.model_id
        returning m.*),
      event as (
        ${outboxInsert('tracking', 'm join before using (model_id) where m.status <> before.status', 5, EVENT_DATA)})
      ${modelDetails('m', '$12')}`,
    values: [id, workspace, statusNumber(status), nowMs, ...outboxValues(event), MAX_POINTS],
  });
  return rows[0] && toModel(rows[0]);
}

/** Idempotent; `event` is only written when the model was there. False when there is no such model, not even a deleted one. */
export async function deleteModel(
  db: Queryable,
  workspace: string,
  id: string,
  nowMs: number,
  event: OutboxRow,
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'delete_logged_model',
    text: `
      with before as (
        select model_id, deleted_ms from tracking.logged_model
        where model_id = $1 and workspace_id = $2 for no key update),
      m as (
        update tracking.logged_model m set deleted_ms = $3, updated_ms = $3
        from before where m.model_id = before.model_id and before.deleted_ms is null
        returning m.*),
      event as (${outboxInsert('tracking', 'm', 4, EVENT_DATA)})
      select from before`,
    values: [id, workspace, nowMs, ...outboxValues(event)],
  });
  return rowCount === 1;
}

/** Which of the ids belong to no model, in their order; a deleted model is one. */
export async function listMissingModels(db: Queryable, workspace: string, ids: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ readonly id: string }>({
    name: 'list_missing_logged_models',
    text: `
      select wanted.id from unnest($2::text[]) with ordinality as wanted (id, position)
      where not exists (select from tracking.logged_model m where m.model_id = wanted.id and m.workspace_id = $1)
      order by wanted.position`,
    values: [workspace, ids],
  });
  return rows.map(({ id }) => id);
}
