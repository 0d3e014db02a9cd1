import type { OutboxRow } from '@millrace/platform/outbox/event';
import { outboxInsert, outboxValues } from '@millrace/platform/outbox/outbox';
import { type Queryable, sqlState } from '@millrace/platform/postgres';
import type { Experiment, KeyValue } from '../domain/experiment.ts';
import type { ExperimentId } from '../domain/ids.ts';

export type ExperimentRow = {
  readonly experiment_id: ExperimentId;
  readonly name: string;
  readonly artifact_location: string;
  readonly created_ms: number;
  readonly updated_ms: number;
  readonly deleted: boolean;
  readonly tags: readonly KeyValue[] | null;
};

/** The columns of `ExperimentRow`, of a table alias `e`. */
export const EXPERIMENT_COLUMNS = `e.experiment_id, e.name, e.artifact_location, e.created_ms, e.updated_ms, e.deleted,
  (select json_agg(json_build_object('key', t.key, 'value', t.value) order by t.key collate "C")
   from tracking.experiment_tag t where t.workspace_id = e.workspace_id and t.experiment_id = e.experiment_id) as tags`;

export function toExperiment(row: ExperimentRow): Experiment {
  return {
    id: row.experiment_id,
    name: row.name,
    artifactLocation: row.artifact_location,
    createdMs: row.created_ms,
    updatedMs: row.updated_ms,
    deleted: row.deleted,
    tags: row.tags ?? [],
  };
}

export async function nextExperimentId(db: Queryable): Promise<ExperimentId> {
  const { rows } = await db.query<{ id: ExperimentId }>({
    name: 'next_experiment_id',
    text: `select nextval(pg_get_serial_sequence('tracking.experiment', 'experiment_id')) as id`,
  });
  if (!rows[0]) throw new Error('the sequence gave no experiment id');
  return rows[0].id;
}

export type NewExperiment = Pick<Experiment, 'id' | 'name' | 'artifactLocation' | 'createdMs' | 'tags'>;

/** With its tags and event in one statement. False when the name is taken, by a deleted experiment too. */
export async function insertExperiment(
  db: Queryable,
  workspace: string,
  created: NewExperiment,
  event: OutboxRow,
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'insert_experiment',
    text: `
      with e as (
        insert into tracking.experiment (workspace_id, experiment_id, name, artifact_location, created_ms, updated_ms)
        values ($1, $2, $3, $4, $5, $5)
        on conflict (workspace_id, name) do nothing
        returning workspace_id, experiment_id),
      tag as (
        insert into tracking.experiment_tag (workspace_id, experiment_id, key, value)
        select e.workspace_id, e.experiment_id, n.key, n.value from e, unnest($6::text[], $7::text[]) as n (key, value)),
      event as (${outboxInsert('tracking', 'e', 8)})
      select from e`,
    values: [
      workspace,
      created.id,
      created.name,
      created.artifactLocation,
      created.createdMs,
      created.tags.map(({ key }) => key),
      created.tags.map(({ value }) => value),
      ...outboxValues(event),
    ],
  });
  return rowCount === 1;
}

/** Experiment 0, named Default, unless the workspace has, or ever had, an experiment. Idempotent. */
export async function insertDefaultExperiment(
  db: Queryable,
  workspace: string,
  artifactLocation: string,
  nowMs: number,
): Promise<void> {
  await db.query(
    `insert into tracking.experiment (workspace_id, experiment_id, name, artifact_location, created_ms, updated_ms)
     select $1::text, 0, 'Default', $2, $3, $3 where not exists (select from tracking.experiment where workspace_id = $1)
     on conflict do nothing`,
    [workspace, artifactLocation, nowMs],
  );
}

export async function findExperiment(
  db: Queryable,
  workspace: string,
  id: ExperimentId,
): Promise<Experiment | undefined> {
  const { rows } = await db.query<ExperimentRow>({
    name: 'find_experiment',
    text: `select ${EXPERIMENT_COLUMNS} from tracking.experiment e where e.workspace_id = $1 and e.experiment_id = $2`,
    values: [workspace, id],
  });
  return rows[0] && toExperiment(rows[0]);
}

export async function findExperimentByName(
  db: Queryable,
  workspace: string,
  name: string,
): Promise<Experiment | undefined> {
  const { rows } = await db.query<ExperimentRow>({
    name: 'find_experiment_by_name',
    text: `select ${EXPERIMENT_COLUMNS} from tracking.experiment e where e.workspace_id = $1 and e.name = $2`,
    values: [workspace, name],
  });
  return rows[0] && toExperiment(rows[0]);
}

export type Renamed = 'renamed' | 'name taken' | 'not active';

export async function renameExperiment(
  db: Queryable,
  workspace: string,
  id: ExperimentId,
  name: string,
  nowMs: number,
  event: OutboxRow,
): Promise<Renamed> {
  try {
    const { rowCount } = await db.query({
      name: 'rename_experiment',
      text: `
        with e as (
          update tracking.experiment set name = $3, updated_ms = $4
          where workspace_id = $1 and experiment_id = $2 and not deleted
          returning experiment_id),
        event as (${outboxInsert('tracking', 'e', 5)})
        select from e`,
      values: [workspace, id, name, nowMs, ...outboxValues(event)],
    });
    return rowCount === 1 ? 'renamed' : 'not active';
  } catch (error) {
    if (sqlState(error) === '23505') return 'name taken';
    throw error;
  }
}

/** Deletes or restores an experiment and, with it, all its runs. False when it is not in the other state. */
export async function setExperimentDeleted(
  db: Queryable,
  workspace: string,
  id: ExperimentId,
  deleted: boolean,
  nowMs: number,
  event: OutboxRow,
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'set_experiment_deleted',
    text: `
      with e as (
        update tracking.experiment set deleted = $3, updated_ms = $4
        where workspace_id = $1 and experiment_id = $2 and deleted <> $3
        returning experiment_id),
      runs as (
        update tracking.run r set deleted_ms = case when $3 then $4::bigint end
        from e where r.experiment_id = e.experiment_id and (r.deleted_ms is null) = $3),
      event as (${outboxInsert('tracking', 'e', 5)})
      select from e`,
    values: [workspace, id, deleted, nowMs, ...outboxValues(event)],
  });
  return rowCount === 1;
}

/** False when the workspace has no such active experiment. */
export async function upsertExperimentTag(
  db: Queryable,
  workspace: string,
  id: ExperimentId,
  tag: KeyValue,
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'upsert_experiment_tag',
    text: `
      insert into tracking.experiment_tag (workspace_id, experiment_id, key, value)
      select workspace_id, experiment_id, $3, $4 from tracking.experiment
      where workspace_id = $1 and experiment_id = $2 and not deleted
      on conflict (workspace_id, experiment_id, key) do update set value = excluded.value`,
    values: [workspace, id, tag.key, tag.value],
  });
  return rowCount === 1;
}

export async function deleteExperimentTag(
  db: Queryable,
  workspace: string,
  id: ExperimentId,
  key: string,
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'delete_experiment_tag',
    text: 'delete from tracking.experiment_tag where workspace_id = $1 and experiment_id = $2 and key = $3',
    values: [workspace, id, key],
  });
  return rowCount === 1;
}
