import type { OutboxRow } from '@millrace/platform/outbox/event';
import { outboxInsert, outboxValues } from '@millrace/platform/outbox/outbox';
import type { Queryable } from '@millrace/platform/postgres';
import type { KeyValue } from '../domain/experiment.ts';
import type { ExperimentId, RunId } from '../domain/ids.ts';
import type { RunInfo, RunStatus } from '../domain/run.ts';

/** In the order of their stored numbers, which begin at 1. */
const STATUSES: readonly RunStatus[] = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'];

/** The status of `r` by name. */
export const STATUS_NAME = `(array[${STATUSES.map((name) => `'${name}'`).join(', ')}])[r.status]`;

/** The columns of `RunRow`, of a table alias `r`. */
export const RUN_COLUMNS = `replace(r.run_id::text, '-', '') as run_id, r.experiment_id, r.name, r.user_id, r.status,
  r.start_time_ms, r.end_time_ms, r.artifact_uri, r.deleted_ms is not null as deleted`;

export type RunRow = {
  readonly run_id: RunId;
  readonly experiment_id: ExperimentId;
  readonly name: string;
  readonly user_id: string;
  readonly status: number;
  readonly start_time_ms: number;
  readonly end_time_ms: number | null;
  readonly artifact_uri: string;
  readonly deleted: boolean;
};

export function runInfo(row: RunRow): RunInfo {
  return {
    id: row.run_id,
    experimentId: row.experiment_id,
    name: row.name,
    userId: row.user_id,
    status: STATUSES[row.status - 1] ?? 'RUNNING',
    startTimeMs: row.start_time_ms,
    endTimeMs: row.end_time_ms,
    artifactUri: row.artifact_uri,
    deleted: row.deleted,
  };
}

export type NewRun = {
  readonly id: RunId;
  readonly experimentId: ExperimentId;
  readonly name: string;
  readonly userId: string;
  readonly startTimeMs: number;
  /** No key twice. */
  readonly tags: readonly KeyValue[];
};

/** The run, its tags and its event in one statement. Undefined when the workspace has no such active experiment. */
export async function insertRun(
  db: Queryable,
  workspace: string,
  run: NewRun,
  event: OutboxRow,
): Promise<RunInfo | undefined> {
  const { rows } = await db.query<RunRow>({
    name: 'insert_run',
    text: `
      with home as (
        select experiment_id, workspace_id, artifact_location from tracking.experiment
        where workspace_id = $1 and experiment_id = $2 and not deleted),
      r as (
        insert into tracking.run
          (run_id, workspace_id, experiment_id, name, user_id, status, start_time_ms, artifact_uri)
        select $3::uuid, workspace_id, experiment_id, $4, $5, 1, $6,
          tracking.append_to_path(artifact_location, '/' || replace($3::uuid::text, '-', '') || '/artifacts')
        from home
        returning *),
      tag as (
        insert into tracking.run_tag (run_id, key, workspace_id, experiment_id, value, recency)
        select r.run_id, n.key, r.workspace_id, r.experiment_id, n.value, r.recency
        from r, unnest($7::text[], $8::text[]) as n (key, value)),
      event as (${outboxInsert('tracking', 'r', 9)})
      select ${RUN_COLUMNS} from r`,
    values: [
      workspace,
      run.experimentId,
      run.id,
      run.name,
      run.userId,
      run.startTimeMs,
      run.tags.map(({ key }) => key),
      run.tags.map(({ value }) => value),
      ...outboxValues(event),
    ],
  });
  return rows[0] && runInfo(rows[0]);
}

export type RunState = { readonly experimentId: ExperimentId; readonly deleted: boolean };

export async function findRunState(db: Queryable, workspace: string, run: RunId): Promise<RunState | undefined> {
  const { rows } = await db.query<RunState>({
    name: 'find_run_state',
    text: `
      select experiment_id as "experimentId", deleted_ms is not null as deleted
      from tracking.run where run_id = $1 and workspace_id = $2`,
    values: [run, workspace],
  });
  return rows[0];
}

export async function findRunInfo(db: Queryable, workspace: string, run: RunId): Promise<RunInfo | undefined> {
  const { rows } = await db.query<RunRow>({
    name: 'find_run_info',
    text: `select ${RUN_COLUMNS} from tracking.run r where r.run_id = $1 and r.workspace_id = $2`,
    values: [run, workspace],
  });
  return rows[0] && runInfo(rows[0]);
}

/** null keeps what is there; an end time of 0 takes it away. */
export type RunChange = {
  readonly status: RunStatus | null;
  readonly endTimeMs: number | null;
  readonly name: string | null;
};

/**
 * Changes an active run, in one statement with `event`, which is only written when the status really changes. Undefined when
 * there is no such active run.
 */
export async function updateRun(
  db: Queryable,
  workspace: string,
  run: RunId,
  { status, endTimeMs, name }: RunChange,
  event: OutboxRow | null,
): Promise<RunInfo | undefined> {
  const { rows } = await db.query<RunRow>({
    name: event ? 'update_run_status' : 'update_run',
    text: `
      with before as (
        select run_id, status from tracking.run
        where run_id = $1 and workspace_id = $2 and deleted_ms is null for no key update),
      r as (
        update tracking.run r set
          status = coalesce($3, r.status),
          end_time_ms = case when $4::bigint is null then r.end_time_ms else nullif($4, 0) end,
          name = coalesce($5, r.name)
        from before where r.run_id = before.run_id
        returning r.*),
      tag as (
        insert into tracking.run_tag (run_id, key, workspace_id, experiment_id, value, recency)
        select run_id, 'mlflow.runName', workspace_id, experiment_id, $5, recency from r where $5::text is not null
        on conflict (run_id, key) do update set value = excluded.value)
      ${event ? `, event as (${outboxInsert('tracking', CHANGED, 6, RUN_DATA)})` : ''}
      select ${RUN_COLUMNS} from r`,
    values: [
      run,
      workspace,
      status && STATUSES.indexOf(status) + 1,
      endTimeMs,
      name,
      ...(event ? outboxValues(event) : []),
    ],
  });
  return rows[0] && runInfo(rows[0]);
}

const CHANGED = 'r join before using (run_id) where r.status <> before.status';
const RUN_DATA = `jsonb_build_object('experiment_id', r.experiment_id::text, 'run_name', r.name, 'artifact_uri', r.artifact_uri)`;

/** Idempotent; `event` is only written when the state changes. False when there is no such run. */
export async function setRunDeleted(
  db: Queryable,
  workspace: string,
  run: RunId,
  deletedMs: number | null,
  event: OutboxRow,
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'set_run_deleted',
    text: `
      with before as (
        select run_id, deleted_ms from tracking.run where run_id = $1 and workspace_id = $2 for no key update),
      r as (
        update tracking.run r set deleted_ms = $3 from before
        where r.run_id = before.run_id and (before.deleted_ms is null) <> ($3::bigint is null)
        returning r.*),
      event as (${outboxInsert('tracking', 'r', 4, RUN_DATA)})
      select from before`,
    values: [run, workspace, deletedMs, ...outboxValues(event)],
  });
  return rowCount === 1;
}

/** `deleted`: there was such a tag. */
export async function deleteRunTag(db: Queryable, workspace: string, run: RunId, key: string): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'delete_run_tag',
    text: 'delete from tracking.run_tag where run_id = $1 and workspace_id = $2 and key = $3',
    values: [run, workspace, key],
  });
  return rowCount === 1;
}
