import type { ExperimentId } from '../domain/ids.ts';
import type { LoggedModelInfo, ModelStatus } from '../domain/logged-model.ts';

/** In the order of their stored numbers, which begin at 0. */
const STATUSES: readonly ModelStatus[] = ['UNSPECIFIED', 'PENDING', 'READY', 'FAILED'];

export const statusNumber = (status: ModelStatus) => STATUSES.indexOf(status);

/** The columns of `ModelRow`, of a table alias `m`. */
export const MODEL_COLUMNS = `m.model_id, m.experiment_id, m.name, m.model_type, m.source_run_id, m.status, m.status_message,
  m.artifact_uri, m.created_ms, m.updated_ms, m.deleted_ms is not null as deleted`;

/** The status of `m` by name. */
export const STATUS_NAME = `(array[${STATUSES.map((name) => `'${name}'`).join(', ')}])[m.status + 1]`;

export type ModelRow = {
  readonly model_id: string;
  readonly experiment_id: ExperimentId;
  readonly name: string;
  readonly model_type: string;
  readonly source_run_id: string;
  readonly status: number;
  readonly status_message: string | null;
  readonly artifact_uri: string;
  readonly created_ms: number;
  readonly updated_ms: number;
  readonly deleted: boolean;
};

export function modelInfo(row: ModelRow): LoggedModelInfo {
  return {
    id: row.model_id,
    experimentId: row.experiment_id,
    name: row.name,
    modelType: row.model_type,
    sourceRunId: row.source_run_id,
    status: STATUSES[row.status] ?? 'UNSPECIFIED',
    statusMessage: row.status_message,
    artifactUri: row.artifact_uri,
    createdMs: row.created_ms,
    updatedMs: row.updated_ms,
    deleted: row.deleted,
  };
}
