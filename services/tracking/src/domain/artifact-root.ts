import type { Context } from '@millrace/platform/contract/context';
import type { Deps } from './deps.ts';
import { type ExperimentId, runId } from './ids.ts';
import { getModelInfo } from './logged-models.ts';
import { objectPath } from './object-path.ts';
import { getRunInfo } from './runs.ts';

export type ArtifactRoot = { readonly experiment: ExperimentId; readonly path: string };

/** Of deleted runs too. */
export async function runArtifactRoot(deps: Deps, context: Context, id: string): Promise<ArtifactRoot> {
  const { experimentId, artifactUri } = await getRunInfo(deps, context, runId(id));
  return { experiment: experimentId, path: objectPath(artifactUri) };
}

/** Of deleted models too. */
export async function modelArtifactRoot(deps: Deps, context: Context, id: string): Promise<ArtifactRoot> {
  const { experimentId, artifactUri } = await getModelInfo(deps, context, id);
  return { experiment: experimentId, path: objectPath(artifactUri) };
}
