import type { Context } from '@millrace/platform/contract/context';
import { transaction } from '@millrace/platform/postgres';
import { deleteModelTag, upsertModelTag } from '../store/model-tags.ts';
import { lockModel } from '../store/models.ts';
import type { Deps } from './deps.ts';
import type { Tag } from './model.ts';
import { checkModelName } from './names.ts';
import { modelNotFound } from './not-found.ts';
import { checkTag, checkTagKey } from './tags.ts';

/** Does not count as a change of the model, as in MLflow. */
export async function setModelTag(deps: Deps, { workspace }: Context, name: string, tag: Tag): Promise<void> {
  checkModelName(name);
  checkTag(tag);
  await transaction(deps.pool, async (tx) => {
    const model = await lockModel(tx, workspace, name);
    if (model === undefined) throw modelNotFound(name);
    await upsertModelTag(tx, workspace, model, tag);
  });
}

/** A tag that is not there counts as deleted. */
export async function removeModelTag(deps: Deps, { workspace }: Context, name: string, key: string): Promise<void> {
  checkModelName(name);
  checkTagKey(key);
  await transaction(deps.pool, async (tx) => {
    const model = await lockModel(tx, workspace, name);
    if (model === undefined) throw modelNotFound(name);
    await deleteModelTag(tx, workspace, model, key);
  });
}
