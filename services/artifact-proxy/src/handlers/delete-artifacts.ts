import { sendJson } from '@millrace/platform/http/respond';
import { type RemoveDeps, removeArtifacts } from '../domain/remove-artifacts.ts';
import type { ArtifactHandler } from './artifact-call.ts';

export const deleteArtifacts =
  (deps: RemoveDeps): ArtifactHandler =>
  async ({ res, path, isDirectory, context }) => {
    await removeArtifacts(deps, { path, isDirectory }, context);
    sendJson(res, 200, '{}');
  };
