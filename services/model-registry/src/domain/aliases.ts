import type { Context } from '@millrace/platform/contract/context';
import { InvalidParameterError, NotFoundError } from '@millrace/platform/errors';
import { aliasNotice } from '../events/mlflow-notices.ts';
import { aliasDeleted, aliasSet } from '../events/model-events.ts';
import { deleteAlias, MAX_ALIASES, upsertAlias } from '../store/aliases.ts';
import { lockModel } from '../store/models.ts';
import { findHighestVersion, findVersionByAlias } from '../store/versions.ts';
import { checkAliasName, isLatest, refuseReserved } from './alias-name.ts';
import { change } from './change.ts';
import type { Deps } from './deps.ts';
import type { ModelVersion } from './model.ts';
import { requireModel } from './models.ts';
import { checkModelName } from './names.ts';
import { modelNotFound, versionNotFound } from './not-found.ts';
import { parseVersion } from './version-number.ts';

/** Moves the alias if it names another version. */
export async function setAlias(
  deps: Deps,
  context: Context,
  alias: string,
  target: { readonly name: string; readonly version: string },
): Promise<void> {
  const { name } = target;
  checkModelName(name);
  checkAliasName(alias);
  refuseReserved(alias);
  const version = parseVersion(target.version);
  const { workspace } = context;
  await change(deps, context, async (tx, tell) => {
    const model = await lockModel(tx, workspace, name);
    const set = model === undefined ? undefined : await upsertAlias(tx, workspace, model, alias, version);
    if (!set) throw versionNotFound({ name, version });
    if (set === 'full') throw new InvalidParameterError(`A registered model can have at most ${MAX_ALIASES} aliases`);
    const at = { workspace, name };
    tell(aliasSet(at, version, alias, set.previous), aliasNotice(at, alias, version));
  });
}

/** An alias that is not there counts as deleted. */
export async function removeAlias(deps: Deps, context: Context, name: string, alias: string): Promise<void> {
  checkModelName(name);
  checkAliasName(alias);
  const { workspace } = context;
  await change(deps, context, async (tx, tell) => {
    const model = await lockModel(tx, workspace, name);
    if (model === undefined) throw modelNotFound(name);
    const version = await deleteAlias(tx, workspace, model, alias);
    const at = { workspace, name };
    tell(...(version === undefined ? [] : [aliasDeleted(at, version, alias)]), aliasNotice(at, alias));
  });
}

/** `latest`, in any letter case, is the highest version there is. */
export async function getVersionByAlias(
  deps: Deps,
  context: Context,
  name: string,
  alias: string,
): Promise<ModelVersion> {
  checkModelName(name);
  checkAliasName(alias);
  const latest = isLatest(alias);
  const version = latest
    ? await findHighestVersion(deps.pool, context.workspace, name)
    : await findVersionByAlias(deps.pool, context.workspace, name, alias);
  if (version) return version;
  await requireModel(deps, context, name);
  if (latest) throw new NotFoundError(`Latest version not found for model ${name}.`);
  throw new InvalidParameterError(`Registered model alias ${alias} not found.`);
}
