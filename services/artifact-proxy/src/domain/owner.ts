import type { ArtifactPath } from './artifact-path.ts';

/** What a path tells about whose artifacts it holds, where experiments have MLflow's usual locations. */
export type Owner = { readonly experimentId?: string; readonly runId?: string; readonly modelId?: string };

const EXPERIMENT = /^(\d+)(\/|$)/;
const RUN = /^[^/]+\/([0-9a-f]{32})\/artifacts(\/|$)/;
const MODEL = /^[^/]+\/models\/(m-[0-9a-f]{32})\/artifacts(\/|$)/;

export function ownerOf(path: ArtifactPath): Owner {
  const [experimentId, runId, modelId] = [EXPERIMENT, RUN, MODEL].map((pattern) => pattern.exec(path)?.[1]);
  return { ...(experimentId && { experimentId }), ...(runId && { runId }), ...(modelId && { modelId }) };
}
