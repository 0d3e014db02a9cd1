import type { Context } from '@millrace/platform/contract/context';
import { versionTagNotice } from '../events/mlflow-notices.ts';
import { tagDeleted, tagSet } from '../events/model-events.ts';
import { lockModel } from '../store/models.ts';
import { deleteVersionTag, upsertVersionTag } from '../store/version-tags.ts';
import { change } from './change.ts';
import type { Deps } from './deps.ts';
import type { Tag } from './model.ts';
import { versionNotFound } from './not-found.ts';
import { checkTag, checkTagKey, tooManyTags } from './tags.ts';
import type { VersionRef } from './version-ref.ts';

export async function setVersionTag(deps: Deps, context: Context, ref: VersionRef, tag: Tag): Promise<void> {
  checkTag(tag);
  const { name, version } = ref;
  const { workspace } = context;
  await change(deps, context, async (tx, tell) => {
    const model = await lockModel(tx, workspace, name);
    const set = model === undefined ? undefined : await upsertVersionTag(tx, workspace, model, version, tag);
    if (!set) throw versionNotFound(ref);
    if (set === 'full') throw tooManyTags();
    const at = { workspace, name };
    tell(tagSet(at, version, tag.key, tag.value), versionTagNotice(at, version, tag.key, tag.value));
  });
}

/** A tag that is not there counts as deleted. */
export async function removeVersionTag(deps: Deps, context: Context, ref: VersionRef, key: string): Promise<void> {
  checkTagKey(key);
  const { name, version } = ref;
  const { workspace } = context;
  await change(deps, context, async (tx, tell) => {
    const model = await lockModel(tx, workspace, name);
    const deleted = model === undefined ? undefined : await deleteVersionTag(tx, workspace, model, version, key);
    if (deleted === undefined) throw versionNotFound(ref);
    const at = { workspace, name };
    tell(...(deleted ? [tagDeleted(at, version, key)] : []), versionTagNotice(at, version, key));
  });
}
