/** SQL that fills the tables of one kind of server. Ids of runs are 32 hexadecimal digits. */
export type Schema = {
  readonly server: string;
  /** A table that only this server has. */
  readonly landmark: string;
  /** $1 names; those that are there stay as they are. */
  readonly insertExperiments: string;
  /** $1 names. Answers `id` in their order. */
  readonly findExperiments: string;
  /** $1 experiment, $2 key, $3 value. */
  readonly tagExperiment: string;
  /** $1 experiments. Answers `count`. */
  readonly countRuns: string;
  /** The statements of one transaction; each takes the parameters of `seededRuns`. */
  readonly insertRuns: readonly string[];
  /** $1 run, $2 experiment, $3 name; nothing when it is there. */
  readonly insertRun: string;
  /** $1 run, $2 key. Answers `count`. */
  readonly countPoints: string;
  /** The statements of one transaction: $1 run, $2 key, $3 first step, $4 last step. */
  readonly insertPoints: readonly string[];
};

/**
 * What a run's values are, in SQL: $1 the name they are seeded under, $2 experiments, $3 and $4 first and last number. `id` is
 * made as the server makes it, of `hash`, which is 32 random digits, and `start_ms`.
 */
export const seededRuns = (id: string) => `
  with numbered as (
    select i, md5($1::text || i) as hash, 1700000000000 + i * 1000 as start_ms
    from generate_series($3::bigint, $4::bigint) as i),
  seeded as (
    select i, ${id} as id, start_ms,
      ($2::bigint[])[(1 + i % cardinality($2::bigint[]))::int] as experiment_id,
      (i * 2654435761 % 4294967296)::float8 / 4294967296 as acc
    from numbered),
  param as (
    select id, experiment_id, start_ms,
      case k when 0 then 'lr' else 'p' || k end as key,
      case k when 0 then (array['0.1', '0.01', '0.001', '0.0001'])[(1 + i % 4)::int] else (i * k % 1000)::text end as value
    from seeded, generate_series(0, 9) as k),
  metric as (
    select id, experiment_id, start_ms,
      case k when 0 then 'acc' else 'm' || k end as key,
      case k when 0 then acc else acc * k end as value
    from seeded, generate_series(0, 9) as k),
  tag as (
    select id, experiment_id, start_ms, t.key, t.value
    from seeded, lateral (values
      ('team', 'team_' || i % 50),
      ('mlflow.runName', 'run-' || i),
      ('mlflow.user', 'bench'),
      ('mlflow.source.name', 'train.py'),
      ('mlflow.source.type', 'LOCAL')) as t (key, value))`;

/** The point at a step of a history, in SQL. */
export const POINT = '1700000000000 + s as timestamp_ms, s as step, s * 0.5::float8 as value';
