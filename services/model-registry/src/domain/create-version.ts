import type { Context } from '@millrace/platform/contract/context';
import { versionNotice } from '../events/mlflow-notices.ts';
import { versionCreated } from '../events/model-events.ts';
import { appendEntries } from '../store/ledger.ts';
import { insertVersion } from '../store/versions.ts';
import { change } from './change.ts';
import { checkSource } from './check-source.ts';
import type { Deps } from './deps.ts';
import { checkLength } from './lengths.ts';
import type { ModelVersion, Tag } from './model.ts';
import { checkModelName } from './names.ts';
import { modelNotFound } from './not-found.ts';
import { findOrigin, NO_ORIGIN } from './origin.ts';
import { resolveSource } from './resolve-source.ts';
import { checkTags, isPrompt } from './tags.ts';

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
  const { name, modelId, description, runLink } = given;
  const forPrompt = isPrompt(given.tags);
  checkLength('run_id', given.runId);
  await checkSource(deps, context, { ...given, isPrompt: forPrompt });
  checkModelName(name);
  const tags = checkTags(given.tags);
  checkLength('description', description);
  checkLength('run_link', runLink);
  const { loggedModelId, ...resolved } = await resolveSource(deps, context, given);
  const { origin, pending } = forPrompt
    ? { origin: NO_ORIGIN, pending: false }
    : await findOrigin(deps, context, { runId: resolved.runId, loggedModelId });
  const version = { name, description, runLink, tags, ...resolved, origin, originPending: pending };
  const { workspace } = context;
  return change(deps, context, async (tx, tell) => {
    const created = await insertVersion(tx, workspace, version);
    if (!created) throw modelNotFound(name);
    const { createdMs: atMs, ...made } = created.version;
    const entry = { kind: 'version created', ...made, to: made.stage, atMs, actor: context.actor } as const;
    await appendEntries(tx, workspace, created.modelId, [entry]);
    const at = { workspace, name };
    tell(versionCreated(at, created.version, forPrompt ? '' : modelId), versionNotice(at, created.version));
    return created.version;
  });
}
