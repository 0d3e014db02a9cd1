import { sendJson } from '@millrace/platform/http/respond';
import { type UploadDeps, uploadArtifact } from '../domain/upload-artifact.ts';
import type { ArtifactHandler } from './artifact-call.ts';
import { dropWhenIdle } from './idle.ts';

export const putArtifact =
  (deps: UploadDeps): ArtifactHandler =>
  async ({ req, res, path, isDirectory, context }) => {
    dropWhenIdle(req);
    const length = req.headers['content-length'];
    const sizeBytes = length === undefined ? undefined : Number(length);
    await uploadArtifact(deps, { path, isDirectory, body: req, sizeBytes }, context);
    sendJson(res, 200, '{}');
  };
