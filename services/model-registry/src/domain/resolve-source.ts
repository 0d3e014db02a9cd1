import type { Context } from '@millrace/platform/contract/context';
import { NotFoundError } from '@millrace/platform/errors';
import { listLatestVersions } from '../store/versions.ts';
import { getVersionByAlias } from './aliases.ts';
import type { Deps } from './deps.ts';
import { artifactUri, type ModelVersion } from './model.ts';
import { type ModelReference, parseModelReference } from './model-reference.ts';
import { parseKnownStage } from './stage.ts';
import { getVersion } from './versions.ts';

export type ResolvedSource = {
  /** As given, but that what points to a changing version is replaced by the version it points to now. */
  readonly source: string;
  /** Where a `models:/` source leads. */
  readonly storageLocation: string | null;
  /** The run behind what the caller named; empty: none. */
  readonly runId: string;
  /** What the caller or the source named; empty: none. */
  readonly loggedModelId: string;
};

/** Throws NotFoundError for a model, version or logged model that is not there. */
export async function resolveSource(
  deps: Deps,
  context: Context,
  given: { readonly source: string; readonly runId: string; readonly modelId: string },
): Promise<ResolvedSource> {
  const { source, modelId } = given;
  const named = modelId === '' ? undefined : await deps.lineage.loggedModel(modelId, context);
  const runId = given.runId || named?.sourceRunId || '';
  const reference = parseModelReference(source);
  if (!reference) return { source, storageLocation: null, runId, loggedModelId: modelId };
  if (reference.type === 'logged-model') {
    const model =
      reference.modelId === modelId && named ? named : await deps.lineage.loggedModel(reference.modelId, context);
    const loggedModelId = modelId || reference.modelId;
    return { source, storageLocation: model.artifactUri, runId: runId || model.sourceRunId, loggedModelId };
  }
  const version = await versionBehind(deps, context, reference);
  const pinned = reference.type === 'version' ? source : `models:/${version.name}/${version.version}`;
  const loggedModelId = modelId || version.origin.loggedModelId;
  return { source: pinned, storageLocation: artifactUri(version), runId: runId || version.runId, loggedModelId };
}

type VersionReference = Exclude<ModelReference, { type: 'logged-model' }>;

async function versionBehind(deps: Deps, context: Context, reference: VersionReference): Promise<ModelVersion> {
  switch (reference.type) {
    case 'version':
      return getVersion(deps, context, reference);
    case 'latest':
      return getVersionByAlias(deps, context, reference.name, 'latest');
    case 'alias':
      return getVersionByAlias(deps, context, reference.name, reference.alias);
    case 'stage':
      return inStage(deps, context, reference.name, reference.stage);
    default: {
      const never: never = reference;
      return never;
    }
  }
}

async function inStage(deps: Deps, { workspace }: Context, name: string, text: string): Promise<ModelVersion> {
  const stage = parseKnownStage(deps.stages, text);
  const [version] = await listLatestVersions(deps.pool, workspace, name, [stage]);
  if (version) return version;
  throw new NotFoundError(`No versions of model with name '${name}' and stage '${stage}' found`);
}
