import type { Context } from '@millrace/platform/contract/context';
import { NotFoundError } from '@millrace/platform/errors';
import { Level } from '@millrace/proto/options/v1/options';
import { listLatestVersions } from '../store/versions.ts';
import { getVersionByAlias } from './aliases.ts';
import { invalidSource, notOf } from './check-source.ts';
import { type Claim, checkHome } from './claim.ts';
import type { Deps } from './deps.ts';
import { artifactUri, type ModelVersion } from './model.ts';
import { type ModelReference, parseModelReference } from './model-reference.ts';
import { askForRun, type Origin, originFrom } from './origin.ts';
import { parseRunReference } from './run-reference.ts';
import { parseKnownStage } from './stage.ts';
import { marksPrompt } from './tags.ts';
import { getVersion } from './versions.ts';

export type ResolvedSource = {
  /** As given, but that what points to a changing version is replaced by the version it points to now. */
  readonly source: string;
  /** Where a `models:/` source leads. */
  readonly storageLocation: string | null;
  /** The run behind what the caller named; empty: none. */
  readonly runId: string;
  readonly origin: Origin;
  /** The logged model that the caller or the source names; empty: none, or only one behind the version that this is a copy of. */
  readonly madeFrom: string;
  /** Tracking could not be asked: see `startDescribing`. */
  readonly originPending: boolean;
};

/**
 * Where the files of a version are and what it came from. Throws NotFoundError for a model, version or logged model that is not
 * there, and InvalidParameterError where the source does not lie in what the caller says it came from: a registered model must
 * not be a window on artifacts that somebody else keeps to himself.
 */
export async function resolveSource(deps: Deps, context: Context, claim: Claim): Promise<ResolvedSource> {
  const reference = parseModelReference(claim.source);
  if (reference && reference.type !== 'logged-model') return fromVersion(deps, context, claim, reference);
  const { modelId, runId } = namedBy(claim, reference?.modelId);
  const model = modelId === '' ? undefined : await deps.lineage.loggedModel(modelId, context);
  const asked = await askForRun(deps, context, runId || model?.sourceRunId || '');
  checkHome({ ...claim, runId }, model, asked);
  return {
    source: claim.source,
    storageLocation: reference ? (model?.artifactUri ?? null) : null,
    runId: runId || model?.sourceRunId || '',
    origin: originFrom(asked, modelId),
    madeFrom: modelId,
    originPending: asked.failure !== undefined,
  };
}

/** What the caller leaves out, the source may say; where both speak they must agree. */
function namedBy({ source, modelId, runId }: Claim, sourceModel = '') {
  const run = parseRunReference(source);
  if (sourceModel && modelId && sourceModel !== modelId) throw notOf(source, 'model_id');
  if (run && modelId) throw notOf(source, 'model_id');
  if (run && runId && run.runId !== runId) throw notOf(source, 'run_id');
  return { modelId: modelId || sourceModel, runId: runId || (run?.runId ?? '') };
}

type VersionReference = Exclude<ModelReference, { type: 'logged-model' }>;

async function fromVersion(
  deps: Deps,
  context: Context,
  { source, runId, modelId }: Claim,
  reference: VersionReference,
): Promise<ResolvedSource> {
  const { name: id } = reference;
  await deps.authorize({ type: 'resource', on: 'REGISTERED_MODEL', level: Level.READ, via: undefined, id }, context);
  const version = await versionBehind(deps, context, reference);
  if (marksPrompt(version.tags))
    throw invalidSource(source, 'A version of a prompt has no files to be made a model of.');
  const { origin } = version;
  if ((runId && runId !== version.runId) || (modelId && modelId !== origin.loggedModelId)) {
    throw invalidSource(source, 'The run_id and model_id request parameters must match the referenced model version.');
  }
  const isKnown = version.runId === '' || origin.experimentId !== '';
  const asked = isKnown ? {} : await askForRun(deps, context, version.runId);
  return {
    source: reference.type === 'version' ? source : `models:/${version.name}/${version.version}`,
    storageLocation: artifactUri(version),
    runId: version.runId,
    origin: isKnown ? origin : originFrom(asked, origin.loggedModelId),
    madeFrom: modelId,
    originPending: 'failure' in asked,
  };
}

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
