import type { Context } from '@millrace/platform/contract/context';
import { modelTagNotice } from '../events/mlflow-notices.ts';
import { deleteModelTag, upsertModelTag } from '../store/model-tags.ts';
import { lockModel } from '../store/models.ts';
import { change } from './change.ts';
import type { Deps } from './deps.ts';
import type { Tag } from './model.ts';
import { checkModelName } from './names.ts';
import { modelNotFound } from './not-found.ts';
import { checkTag, checkTagKey, tooManyTags } from './tags.ts';

/** Does not count as a change of the model, as in MLflow. */
export async function setModelTag(deps: Deps, context: Context, name: string, tag: Tag): Promise<void> {
  checkModelName(name);
  checkTag(tag);
  const { workspace } = context;
  await change(deps, context, async (tx, tell) => {
    const model = await lockModel(tx, workspace, name);
    if (model === undefined) throw modelNotFound(name);
    if ((await upsertModelTag(tx, workspace, model, tag)) === 'full') throw tooManyTags();
    tell(modelTagNotice({ workspace, name }, tag.key, tag.value));
  });
}

/** A tag that is not there counts as deleted. */
export async function removeModelTag(deps: Deps, context: Context, name: string, key: string): Promise<void> {
  checkModelName(name);
  checkTagKey(key);
  const { workspace } = context;
  await change(deps, context, async (tx, tell) => {
    const model = await lockModel(tx, workspace, name);
    if (model === undefined) throw modelNotFound(name);
    await deleteModelTag(tx, workspace, model, key);
    tell(modelTagNotice({ workspace, name }, key));
  });
}
