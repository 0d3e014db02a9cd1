import type { Context } from '@millrace/platform/contract/context';
import { InvalidParameterError } from '@millrace/platform/errors';
import { versionNotice } from '../events/mlflow-notices.ts';
import { versionCreated } from '../events/model-events.ts';
import { insertVersion } from '../store/versions.ts';
import { change } from './change.ts';
import { checkPromptSource, checkRemoteSource } from './check-source.ts';
import type { Deps } from './deps.ts';
import { checkLength } from './lengths.ts';
import { artifactUri, type ModelVersion, type Tag } from './model.ts';
import { checkModelName } from './names.ts';
import { modelNotFound } from './not-found.ts';
import { NO_ORIGIN } from './origin.ts';
import { type ResolvedSource, resolveSource } from './resolve-source.ts';
import { parseRunReference } from './run-reference.ts';
import { isLocal } from './source-uri.ts';
import { pathInStore } from './store-path.ts';
import { checkTags, marksPrompt } from './tags.ts';

export type VersionToCreate = {
  readonly name: string;
  readonly source: string;
  /** Empty: the run behind the logged model or version that the source or `modelId` names, if any. */
  readonly runId: string;
  /** A logged model; empty: none. */
  readonly modelId: string;
  readonly description: string;
  readonly runLink: string;
  readonly tags: readonly Tag[];
};

/** The version gets the number after the highest ever given. Nothing is locked while the tracking service is asked. */
export async function createVersion(deps: Deps, context: Context, given: VersionToCreate): Promise<ModelVersion> {
  const { name, description, runLink } = given;
  const forPrompt = marksPrompt(given.tags);
  checkLength('run_id', given.runId);
  checkSource(deps, given.source, forPrompt);
  checkModelName(name);
  const tags = checkTags(given.tags);
  checkLength('description', description);
  checkLength('run_link', runLink);
  const { madeFrom, ...resolved } = forPrompt ? promptSource(given) : await resolveSource(deps, context, given);
  const contentsPending = !forPrompt && deps.readFile !== null && mayBeInStore(resolved);
  const version = { name, description, runLink, tags, ...resolved, contentsPending };
  const { workspace } = context;
  const made = await change(deps, context, async (tx, tell) => {
    const created = await insertVersion(tx, context, version);
    if (!created) throw modelNotFound(name);
    const at = { workspace, name };
    tell(versionCreated(at, created, madeFrom), versionNotice(at, created));
    return created;
  });
  if (contentsPending || resolved.originPending) deps.describe();
  return made;
}

function checkSource(deps: Deps, source: string, forPrompt: boolean): void {
  checkLength('source', source);
  if (deps.sourcePattern && !deps.sourcePattern.test(source)) {
    throw new InvalidParameterError('Invalid model version source. It does not match what this server accepts.');
  }
  if (forPrompt) checkPromptSource(source);
  else if (!isLocal(source)) checkRemoteSource(source);
}

const promptSource = ({ source, runId }: VersionToCreate): ResolvedSource => ({
  source,
  storageLocation: null,
  runId,
  origin: NO_ORIGIN,
  madeFrom: '',
  originPending: false,
});

const mayBeInStore = (resolved: Pick<ResolvedSource, 'source' | 'storageLocation'>) => {
  const uri = artifactUri(resolved);
  return pathInStore(uri) !== undefined || parseRunReference(uri) !== undefined;
};
