import type { Queryable } from '@millrace/platform/postgres';
import type { ExperimentId, RunId } from '../domain/ids.ts';

export type PurgedRun = {
  readonly id: RunId;
  readonly workspace: string;
  readonly experimentId: ExperimentId;
  readonly artifactUri: string;
};
export type PurgedExperiment = {
  readonly id: ExperimentId;
  readonly workspace: string;
  readonly name: string;
  readonly artifactLocation: string;
};

/** Leaves one process at work until the transaction ends; false for the others. */
export async function lockPurge(tx: Queryable): Promise<boolean> {
  const { rows } = await tx.query<{ ours: boolean }>(
    `select pg_try_advisory_xact_lock(hashtextextended('millrace.tracking.purge', 0)) as ours`,
  );
  return rows[0]?.ours ?? false;
}

/** Runs deleted before a moment, the longest deleted first. */
export async function listPurgeableRuns(db: Queryable, beforeMs: number, limit: number): Promise<RunId[]> {
  const { rows } = await db.query<{ run_id: RunId }>(
    `select replace(run_id::text, '-', '') as run_id from tracking.run where deleted_ms < $1 order by deleted_ms limit $2`,
    [beforeMs, limit],
  );
  return rows.map((row) => row.run_id);
}

/**
 * The run and everything of it but its points, which are left for `deletePoints`: from here on nobody can reach or restore
 * it. Undefined when it was restored, or not deleted for long enough.
 */
export async function deleteRunRows(tx: Queryable, run: RunId, beforeMs: number): Promise<PurgedRun | undefined> {
  const { rows } = await tx.query<Omit<PurgedRun, 'id'>>(
    `with r as (
       delete from tracking.run where run_id = $1 and deleted_ms < $2
       returning run_id, workspace_id, experiment_id, artifact_uri),
     points as (insert into tracking.purged_run (run_id, workspace_id) select run_id, workspace_id from r),
     latest as (delete from tracking.latest_metric l using r where l.run_id = r.run_id),
     params as (delete from tracking.param p using r where p.run_id = r.run_id),
     tags as (delete from tracking.run_tag t using r where t.run_id = r.run_id),
     datasets as (delete from tracking.run_dataset_input i using r where i.run_id = r.run_id),
     models as (delete from tracking.run_model_input i using r where i.run_id = r.run_id),
     outputs as (delete from tracking.run_model_output o using r where o.run_id = r.run_id)
     select workspace_id as workspace, experiment_id as "experimentId", artifact_uri as "artifactUri" from r`,
    [run, beforeMs],
  );
  return rows[0] && { id: run, ...rows[0] };
}

/** A run whose points are still to be deleted. */
export async function findPurgedRun(db: Queryable): Promise<RunId | undefined> {
  const { rows } = await db.query<{ run_id: RunId }>('select run_id from tracking.purged_run order by run_id limit 1');
  return rows[0]?.run_id;
}

/** At most `limit` points of a purged run; forgets the run when there are no more. Gives how many points there were. */
export async function deletePoints(tx: Queryable, run: RunId, limit: number): Promise<number> {
  const { rowCount } = await tx.query(
    `delete from tracking.metric where ctid = any(array(
       select ctid from tracking.metric where run_id = $1 limit $2))`,
    [run, limit],
  );
  if (rowCount === 0) await tx.query('delete from tracking.purged_run where run_id = $1', [run]);
  return rowCount ?? 0;
}

/** Logged models deleted before a moment, with all that was logged to them; how many there were. */
export async function deleteLoggedModelRows(tx: Queryable, beforeMs: number, limit: number): Promise<number> {
  const { rows } = await tx.query<{ count: number }>(
    `with m as (
       delete from tracking.logged_model where model_id = any(array(
         select model_id from tracking.logged_model where deleted_ms < $1 order by deleted_ms limit $2))
       returning model_id),
     metrics as (delete from tracking.logged_model_metric x using m where x.model_id = m.model_id),
     params as (delete from tracking.logged_model_param x using m where x.model_id = m.model_id),
     tags as (delete from tracking.logged_model_tag x using m where x.model_id = m.model_id)
     select count(*) as count from m`,
    [beforeMs, limit],
  );
  return rows[0]?.count ?? 0;
}

/** Experiments deleted before a moment that hold no run and no logged model any more; their names become free. */
export async function deleteEmptyExperiments(
  tx: Queryable,
  beforeMs: number,
  limit: number,
): Promise<PurgedExperiment[]> {
  const { rows } = await tx.query<PurgedExperiment>(
    `with e as (
       delete from tracking.experiment where experiment_id = any(array(
         select x.experiment_id from tracking.experiment x
         where x.deleted and x.updated_ms < $1
           and not exists (select from tracking.run r where r.experiment_id = x.experiment_id)
           and not exists (select from tracking.logged_model m where m.experiment_id = x.experiment_id)
         order by x.updated_ms limit $2 for update))
       returning workspace_id, experiment_id, name, artifact_location),
     tags as (
       delete from tracking.experiment_tag t using e
       where t.workspace_id = e.workspace_id and t.experiment_id = e.experiment_id),
     datasets as (
       delete from tracking.dataset d using e
       where d.workspace_id = e.workspace_id and d.experiment_id = e.experiment_id)
     select workspace_id as workspace, experiment_id as id, name, artifact_location as "artifactLocation" from e`,
    [beforeMs, limit],
  );
  return rows;
}

/** Deletes the logged models of deleted experiments, which nobody can reach any more; how many there were. */
export async function markModelsOfDeletedExperiments(tx: Queryable, beforeMs: number): Promise<number> {
  const { rowCount } = await tx.query(
    `update tracking.logged_model m set deleted_ms = $1 - 1
     from tracking.experiment e
     where e.experiment_id = m.experiment_id and e.deleted and e.updated_ms < $1 and m.deleted_ms is null`,
    [beforeMs],
  );
  return rowCount ?? 0;
}
