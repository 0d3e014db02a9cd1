import type { Context } from '@millrace/platform/contract/context';
import { insertInputs, insertOutputs, type ModelOutput } from '../store/inputs.ts';
import { inactiveRun } from './active-run.ts';
import type { Deps } from './deps.ts';
import { refuseDuplicateTags } from './duplicate-tags.ts';
import type { RunId } from './ids.ts';
import { checkLength } from './names.ts';
import type { DatasetInput } from './run.ts';

const CONTEXT_TAG = 'mlflow.data.context';

/** Idempotent: what is linked already stays as it is, tags included. */
export async function logInputs(
  deps: Deps,
  { workspace }: Context,
  run: RunId,
  datasets: readonly DatasetInput[],
  models: readonly string[],
): Promise<void> {
  for (const dataset of datasets) checkDataset(dataset);
  const inputs = firstOfEach(datasets).map((dataset) => ({
    ...dataset,
    context: dataset.tags.find(({ key }) => key === CONTEXT_TAG)?.value ?? null,
  }));
  if (!(await insertInputs(deps.pool, workspace, run, inputs, [...new Set(models)]))) {
    throw await inactiveRun(deps.pool, workspace, run);
  }
}

/** Idempotent. */
export async function logOutputs(
  deps: Deps,
  { workspace }: Context,
  run: RunId,
  models: readonly ModelOutput[],
): Promise<void> {
  const distinct = [...new Map([...models].reverse().map((model) => [model.modelId, model])).values()].reverse();
  if (!(await insertOutputs(deps.pool, workspace, run, distinct))) throw await inactiveRun(deps.pool, workspace, run);
}

function checkDataset({ name, digest, source, schema, profile, tags }: DatasetInput): void {
  checkLength('name', name, 500);
  checkLength('digest', digest, 36);
  checkLength('source', source, 65_535);
  checkLength('schema', schema ?? '', 1_048_575);
  checkLength('profile', profile ?? '', 16_777_215);
  for (const { key, value } of tags) {
    checkLength('key', key, 255);
    checkLength('value', value, 500);
  }
  refuseDuplicateTags(tags);
}

function firstOfEach(datasets: readonly DatasetInput[]): DatasetInput[] {
  const seen = new Map<string, DatasetInput>();
  for (const dataset of datasets) {
    const id = JSON.stringify([dataset.name, dataset.digest]);
    if (!seen.has(id)) seen.set(id, dataset);
  }
  return [...seen.values()];
}
