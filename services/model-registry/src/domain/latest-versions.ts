import type { Context } from '@millrace/platform/contract/context';
import { listLatestVersions } from '../store/versions.ts';
import type { Deps } from './deps.ts';
import type { ModelVersion } from './model.ts';
import { requireModel } from './models.ts';
import { checkModelName } from './names.ts';
import { parseKnownStage } from './stage.ts';

/** The highest version of each stage asked for, in any letter case; of every stage where none is asked for. */
export async function getLatestVersions(
  deps: Deps,
  context: Context,
  name: string,
  stages: readonly string[],
): Promise<readonly ModelVersion[]> {
  checkModelName(name);
  await requireModel(deps, context, name);
  const { known } = deps.stages;
  const wanted = stages.length === 0 ? known : [...new Set(stages.map((text) => parseKnownStage(deps.stages, text)))];
  return listLatestVersions(deps.pool, context.workspace, name, wanted);
}
