import type { Context } from '@millrace/platform/contract/context';
import { InvalidParameterError } from '@millrace/platform/errors';
import { ParamChanged, type ParamConflict } from '../store/log-batch.ts';
import { insertModelParams, listModelParamConflicts } from '../store/logged-model-params.ts';
import { fitParam } from './check-batch.ts';
import type { Deps } from './deps.ts';
import type { KeyValue } from './experiment.ts';
import { modelNotFound } from './logged-model-not-found.ts';

/** Checks params as a client gives them; sorted, over-long values cut or refused. */
export function modelParams(given: readonly KeyValue[], truncateLongValues: boolean): KeyValue[] {
  const params = given.map((param) => fitParam(param, truncateLongValues));
  params.sort((a, b) => (a.key < b.key ? -1 : 1));
  const twice = params.find(({ key }, i) => key === params[i + 1]?.key);
  if (twice) throw new InvalidParameterError(`Duplicate parameter keys have been submitted: ['${twice.key}']`);
  return params;
}

/** Params are write-once; to log one again with the same value changes nothing, so the call may be repeated. */
export async function logModelParams(
  deps: Deps,
  { workspace }: Context,
  id: string,
  given: readonly KeyValue[],
): Promise<void> {
  const params = modelParams(given, deps.truncateLongValues);
  try {
    if (!(await insertModelParams(deps.pool, workspace, id, params))) throw modelNotFound(id);
  } catch (error) {
    if (!(error instanceof ParamChanged)) throw error;
    throw paramChanged(id, await listModelParamConflicts(deps.pool, id, params));
  }
}

function paramChanged(id: string, conflicts: readonly ParamConflict[]): InvalidParameterError {
  const [first = { key: '', stored: '', given: '' }, ...others] = conflicts;
  return new InvalidParameterError(
    `Changing param values is not allowed. Param with key='${first.key}' was already logged with value='${first.stored}' ` +
      `for logged model ID='${id}'. Attempted logging new value '${first.given}'.` +
      (others.length > 0 ? ` ${others.length} more are different, too.` : ''),
  );
}
