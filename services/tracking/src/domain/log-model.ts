import type { Context } from '@millrace/platform/contract/context';
import { InvalidParameterError } from '@millrace/platform/errors';
import { transaction } from '@millrace/platform/postgres';
import { findRunTag, lockActiveRun, upsertRunTag } from '../store/run-tags.ts';
import { inactiveRun } from './active-run.ts';
import type { Deps } from './deps.ts';
import type { RunId } from './ids.ts';

const HISTORY_TAG = 'mlflow.log-model.history';
const MANDATORY = ['artifact_path', 'flavors', 'utc_time_created', 'run_id'];

type ModelJson = Readonly<Record<string, unknown>> & { readonly flavors: Readonly<Record<string, unknown>> };

/** Appends to the history of models in the run's tags, which clients before 3.0 read. The tag is never cut. */
export async function logModel(deps: Deps, { workspace }: Context, run: RunId, modelJson: string): Promise<void> {
  const entry = historyEntry(parse(modelJson));
  await transaction(deps.pool, async (tx) => {
    if (!(await lockActiveRun(tx, workspace, run))) throw await inactiveRun(tx, workspace, run);
    const history = json((await findRunTag(tx, run, HISTORY_TAG)) ?? '[]');
    if (!Array.isArray(history)) throw new InvalidParameterError(`The run's tag '${HISTORY_TAG}' is not a JSON list`);
    await upsertRunTag(tx, workspace, run, {
      key: HISTORY_TAG,
      value: JSON.stringify([...(history as unknown[]), entry]),
    });
  });
}

function parse(text: string): ModelJson {
  const model = json(text);
  if (typeof model !== 'object' || model === null || Array.isArray(model)) {
    throw new InvalidParameterError(`Malformed model info. \n ${text.slice(0, 200)} \n failed to parse as JSON`);
  }
  const missing = MANDATORY.filter((key) => !(key in model));
  const flavors = (model as Partial<ModelJson>).flavors;
  if (missing.length > 0 || typeof flavors !== 'object' || flavors === null) {
    throw new InvalidParameterError(`Model json is missing mandatory fields: ${missing.join(', ') || 'flavors'}`);
  }
  return model as ModelJson;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Flavors without their configuration, which may be long and secret. */
function historyEntry({ run_id, utc_time_created, artifact_path, model_uuid = null, flavors }: ModelJson): unknown {
  const shortened = Object.entries(flavors).map(([name, flavor]) => {
    if (typeof flavor !== 'object' || flavor === null) return [name, flavor];
    const { config: _config, ...rest } = flavor as Record<string, unknown>;
    return [name, rest];
  });
  return { run_id, utc_time_created, artifact_path, model_uuid, flavors: Object.fromEntries(shortened) as unknown };
}
