import type { Handlers } from '@millrace/platform/contract/operation';
import type { ArtifactRootService } from '@millrace/proto/tracking/v1/artifacts';
import { type ArtifactRoot, modelArtifactRoot, runArtifactRoot } from '../domain/artifact-root.ts';
import type { Deps } from '../domain/deps.ts';

export const artifactRootHandlers = (deps: Deps): Handlers<typeof ArtifactRootService> => ({
  getRunArtifactRoot: async ({ runId }, context) => rootMessage(await runArtifactRoot(deps, context, runId)),
  getLoggedModelArtifactRoot: async ({ modelId }, context) =>
    rootMessage(await modelArtifactRoot(deps, context, modelId)),
});

const rootMessage = ({ experiment, path }: ArtifactRoot) => ({ experimentId: String(experiment), path });
