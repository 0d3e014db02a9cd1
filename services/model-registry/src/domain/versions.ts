import type { Context } from '@millrace/platform/contract/context';
import { aliasDeleted, versionDeleted, versionUpdated } from '../events/model-events.ts';
import { deleteAliasesOf } from '../store/aliases.ts';
import { type DescribedVersion, findDescribed } from '../store/described-versions.ts';
import { appendEntries } from '../store/ledger.ts';
import { lockModel, touchModel } from '../store/models.ts';
import { findVersion, redactVersion, updateVersionDescription } from '../store/versions.ts';
import { change } from './change.ts';
import type { Deps } from './deps.ts';
import { checkLength } from './lengths.ts';
import type { ModelVersion } from './model.ts';
import { versionNotFound } from './not-found.ts';
import type { VersionRef } from './version-ref.ts';

export async function getVersion(deps: Deps, { workspace }: Context, ref: VersionRef): Promise<ModelVersion> {
  const found = await findVersion(deps.pool, workspace, ref.name, ref.version);
  if (!found) throw versionNotFound(ref);
  return found;
}

/** With what its MLmodel file says, as far as it was read. */
export async function describedVersion(
  { pool }: Deps,
  { workspace }: Context,
  ref: VersionRef,
): Promise<DescribedVersion> {
  const found = await findDescribed(pool, workspace, ref.name, ref.version);
  if (!found) throw versionNotFound(ref);
  return found;
}

/** null takes the description away. The model does not count as changed, as in MLflow. */
export async function describeVersion(
  deps: Deps,
  context: Context,
  ref: VersionRef,
  description: string | null,
): Promise<ModelVersion> {
  const { name, version } = ref;
  checkLength('description', description ?? '');
  const { workspace } = context;
  return change(deps, context, async (tx, tell) => {
    const model = await lockModel(tx, workspace, name);
    const updated =
      model === undefined ? undefined : await updateVersionDescription(tx, workspace, model, version, description);
    if (!updated) throw versionNotFound(ref);
    tell(versionUpdated({ workspace, name }, version));
    return updated;
  });
}

/** Its number stays taken; its aliases go, its other data is overwritten. */
export async function removeVersion(deps: Deps, context: Context, ref: VersionRef): Promise<void> {
  const { name, version } = ref;
  const { workspace } = context;
  await change(deps, context, async (tx, tell) => {
    const touched = await touchModel(tx, workspace, name);
    const stage = touched && (await redactVersion(tx, workspace, touched, version));
    if (!stage) throw versionNotFound(ref);
    const entry = {
      kind: 'version deleted',
      name,
      version,
      from: stage,
      atMs: touched.nowMs,
      actor: context.actor,
    } as const;
    await appendEntries(tx, workspace, touched.modelId, [entry]);
    const aliases = await deleteAliasesOf(tx, workspace, touched.modelId, version);
    const at = { workspace, name };
    tell(...aliases.map((alias) => aliasDeleted(at, version, alias)), versionDeleted(at, version, stage));
  });
}
