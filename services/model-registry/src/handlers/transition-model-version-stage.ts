import { transitionStage } from '../domain/transition-stage.ts';
import { versionMessage } from './messages.ts';
import type { VersionRpc } from './rpc.ts';

export const transitionModelVersionStage: VersionRpc<'transitionModelVersionStage'> =
  (deps) => async (request, context) => {
    const { name, version, stage, archiveExistingVersions: archiveExisting, comment } = request;
    const moved = await transitionStage(deps, context, { name, version, stage, archiveExisting, comment });
    return { modelVersion: versionMessage(moved) };
  };
