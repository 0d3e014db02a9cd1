import type { Context } from '@millrace/platform/contract/context';
import { AlreadyExistsError } from '@millrace/platform/errors';
import { modelNotice } from '../events/mlflow-notices.ts';
import { modelEvent } from '../events/model-events.ts';
import { appendEntries } from '../store/ledger.ts';
import { deleteModel, findModel, insertModel, modelExists, updateDescription, updateName } from '../store/models.ts';
import { touchVersions } from '../store/versions.ts';
import { change } from './change.ts';
import type { Deps } from './deps.ts';
import { checkLength } from './lengths.ts';
import type { RegisteredModel, Tag } from './model.ts';
import { checkModelName } from './names.ts';
import { modelNotFound } from './not-found.ts';
import { checkTags, isPrompt } from './tags.ts';

export type ModelToCreate = { readonly name: string; readonly description: string; readonly tags: readonly Tag[] };

export async function createModel(deps: Deps, context: Context, given: ModelToCreate): Promise<RegisteredModel> {
  checkModelName(given.name);
  checkLength('description', given.description);
  const model = { ...given, tags: checkTags(given.tags) };
  const created = await change(deps, context, async (tx, tell) => {
    const inserted = await insertModel(tx, context.workspace, model);
    if (inserted) {
      const at = { workspace: context.workspace, name: model.name };
      tell(modelEvent('created', at), modelNotice(at, model));
    }
    return inserted;
  });
  return created ?? refuseTaken(deps, context, model);
}

async function refuseTaken(deps: Deps, { workspace }: Context, { name, tags }: ModelToCreate): Promise<never> {
  const holder = await findModel(deps.pool, workspace, name, deps.stages.known);
  const [wanted, taken] = [kindOf(tags), kindOf(holder?.tags ?? tags)];
  if (wanted === taken) {
    throw new AlreadyExistsError(
      `${wanted === 'prompt' ? 'Prompt' : 'Registered Model'} (name=${name}) already exists.`,
    );
  }
  throw new AlreadyExistsError(
    `Tried to create a ${wanted} with name '${name}', but the name is already taken by a ${taken}. MLflow does not allow ` +
      'creating a model and a prompt with the same name.',
  );
}

function kindOf(tags: readonly Tag[]): 'prompt' | 'registered model' {
  return isPrompt(tags) ? 'prompt' : 'registered model';
}

export async function getModel(deps: Deps, { workspace }: Context, name: string): Promise<RegisteredModel> {
  checkModelName(name);
  const model = await findModel(deps.pool, workspace, name, deps.stages.known);
  if (!model) throw modelNotFound(name);
  return model;
}

/** Throws NotFoundError when there is no such model. */
export async function requireModel(deps: Deps, { workspace }: Context, name: string): Promise<void> {
  if (!(await modelExists(deps.pool, workspace, name))) throw modelNotFound(name);
}

export async function describeModel(
  deps: Deps,
  context: Context,
  name: string,
  description: string,
): Promise<RegisteredModel> {
  checkModelName(name);
  checkLength('description', description);
  const { workspace } = context;
  return change(deps, context, async (tx, tell) => {
    if (!(await updateDescription(tx, workspace, name, description))) throw modelNotFound(name);
    tell(modelEvent('updated', { workspace, name }));
    return (await findModel(tx, workspace, name, deps.stages.known)) ?? gone(name);
  });
}

/** Versions, tags and aliases go along; renaming to the same name only says that the model has changed. */
export async function renameModel(
  deps: Deps,
  context: Context,
  name: string,
  newName: string,
): Promise<RegisteredModel> {
  checkModelName(name);
  checkModelName(newName, 'new_name');
  const { workspace } = context;
  return change(deps, context, async (tx, tell) => {
    const touched = await updateName(tx, workspace, name, newName);
    if (!touched) throw modelNotFound(name);
    if (touched === 'taken') throw new AlreadyExistsError(`Registered Model (name=${newName}) already exists.`);
    await touchVersions(tx, workspace, touched);
    if (newName !== name) {
      const entry = { kind: 'renamed', name: newName, previousName: name, version: null } as const;
      await appendEntries(tx, workspace, touched.modelId, [{ ...entry, atMs: touched.nowMs, actor: context.actor }]);
      tell(modelEvent('renamed', { workspace, name: newName }, { previous_name: name }));
    }
    return (await findModel(tx, workspace, newName, deps.stages.known)) ?? gone(newName);
  });
}

/** With everything that belongs to it; the name is free again, and its versions would begin at 1. */
export async function removeModel(deps: Deps, context: Context, name: string): Promise<void> {
  checkModelName(name);
  const { workspace } = context;
  await change(deps, context, async (tx, tell) => {
    const deleted = await deleteModel(tx, workspace, name);
    if (!deleted) throw modelNotFound(name);
    const entry = { kind: 'model deleted', name, version: null, atMs: deleted.nowMs, actor: context.actor } as const;
    await appendEntries(tx, workspace, deleted.modelId, [entry]);
    tell(modelEvent('deleted', { workspace, name }));
  });
}

/** For rows this transaction holds a lock on. */
function gone(name: string): never {
  throw new Error(`registered model ${name} vanished while it was locked`);
}
