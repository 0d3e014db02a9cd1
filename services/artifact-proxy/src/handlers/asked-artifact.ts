import { type AppError, BadRequestError, InvalidParameterError } from '@millrace/platform/errors';
import type { Request } from 'express';
import { type ParsedPath, parseArtifactPath } from '../domain/artifact-path.ts';
import type { ArtifactOwner } from '../domain/artifact-root.ts';
import type { VersionName } from '../domain/version-directory.ts';
import { checkLength } from './upload-small-artifact.ts';

/** One artifact, by whose it is and its path below their root. */
export type AskedArtifact = { readonly owner: ArtifactOwner; readonly path: ParsedPath };

const invalid = (message: string) => new InvalidParameterError(message);
const missing = (name: string) =>
  invalid(
    `Missing value for required parameter '${name}'. See the API docs for more information about request parameters.`,
  );

export function runArtifact(req: Request): AskedArtifact {
  const query = queryOf(req);
  const path = parseArtifactPath(required(query.get('path'), missing('path')));
  const id = required(query.get('run_id') || query.get('run_uuid'), missing('run_id'));
  return { owner: { type: 'run', id }, path };
}

/** The registry says what is wrong with the name and the version. */
export function versionArtifact(req: Request): { readonly version: VersionName; readonly path: ParsedPath } {
  const query = queryOf(req);
  const path = parseArtifactPath(required(query.get('path'), missing('path')));
  return { version: { name: query.get('name') ?? '', version: query.get('version') ?? '' }, path };
}

export function modelArtifact(req: Request): AskedArtifact {
  const needed = new BadRequestError('Request must include the "artifact_file_path" query parameter.');
  const path = parseArtifactPath(required(queryOf(req).get('artifact_file_path'), needed));
  return { owner: { type: 'model', id: String(req.params['model_id']) }, path };
}

/** Checked in MLflow's order: what is wrong with the body is said before anybody looks for the run. */
export function runUpload(req: Request): AskedArtifact {
  const query = queryOf(req);
  const id = required(query.get('run_uuid'), invalid('Request must specify run_uuid.'));
  const path = parseArtifactPath(required(query.get('path'), invalid('Request must specify path.')));
  checkLength(req);
  return { owner: { type: 'run', id }, path };
}

const queryOf = (req: Request) => new URLSearchParams(req.originalUrl.split('?', 2)[1]);

function required(value: string | null, otherwise: AppError): string {
  if (value === null || value === '') throw otherwise;
  return value;
}
