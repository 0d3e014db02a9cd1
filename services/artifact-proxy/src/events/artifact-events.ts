import { type EventType, eventType } from '@millrace/platform/events/event-type';
import type { StoredObject } from '@millrace/platform/object-store/object-store';
import type { NewEvent } from '@millrace/platform/outbox/event';
import { ArtifactDeletedSchema, ArtifactUploadedSchema } from '@millrace/proto/events/v1/artifacts';
import type { ArtifactPath } from '../domain/artifact-path.ts';
import { ownerOf } from '../domain/owner.ts';

const UPLOADED = eventType(ArtifactUploadedSchema);
const DELETED = eventType(ArtifactDeletedSchema);

/** The hash is there when the bytes came by in order: not of files that came in parts. */
export const artifactUploaded = (path: ArtifactPath, { sizeBytes, sha256 }: StoredObject): NewEvent =>
  artifactEvent(UPLOADED, path, { size_bytes: String(sizeBytes), ...(sha256 && { sha256 }) });

/** `files` may be 0: the path was free already. */
export const artifactsDeleted = (path: ArtifactPath, files: number): NewEvent =>
  artifactEvent(DELETED, path, { files: String(files) });

/** Of one run or model, where the path tells which, all events are in order. */
function artifactEvent(type: EventType, path: ArtifactPath, what: Readonly<Record<string, string>>): NewEvent {
  const { experimentId, runId, modelId } = ownerOf(path);
  const [firstSegment = ''] = path.split('/');
  return {
    type,
    key: runId ?? modelId ?? firstSegment,
    subject: `artifacts/${path}`,
    data: {
      path,
      ...(experimentId && { experiment_id: experimentId }),
      ...(runId && { run_id: runId }),
      ...(modelId && { model_id: modelId }),
      ...what,
    },
  };
}
