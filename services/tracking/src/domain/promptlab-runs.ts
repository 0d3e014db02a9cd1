import type { Context } from '@millrace/platform/contract/context';
import { InvalidParameterError } from '@millrace/platform/errors';
import { outboxRow } from '@millrace/platform/outbox/event';
import { transaction } from '@millrace/platform/postgres';
import { findExperiment } from '../store/experiments.ts';
import { insertBatch } from '../store/log-batch.ts';
import { insertRun, updateRun } from '../store/runs.ts';
import { appendToPath } from './artifact-location.ts';
import { checkBatch, MAX_KEY } from './check-batch.ts';
import type { Deps } from './deps.ts';
import type { KeyValue } from './experiment.ts';
import { inactiveExperiment } from './experiment-state.ts';
import { type ExperimentId, newRunId, type RunId } from './ids.ts';
import { checkLength } from './names.ts';
import { objectPath } from './object-path.ts';
import { toPoints } from './points.ts';
import { FLAVORS, MODEL_FOLDER, TABLE_FILE, type Trial, trialFiles } from './promptlab-model.ts';
import { RUN_NAME_TAG, type Run } from './run.ts';
import { chooseName, getRun, type RunToCreate, runEvent } from './runs.ts';

/** All files together; a message to the artifact proxy holds one whole. */
const MAX_FILE_BYTES = 4 * 2 ** 20;

/** A finished run that records a trial: its files first, then the run with all that belongs to it in one transaction. */
export async function createPromptlabRun(deps: Deps, context: Context, given: RunToCreate, trial: Trial): Promise<Run> {
  const id = newRunId();
  const identity = {
    runId: id,
    modelUuid: crypto.randomUUID().replaceAll('-', ''),
    createdUtc: pythonTime(new Date()),
  };
  const params = [
    ...trial.modelParameters,
    { key: 'model_route', value: trial.modelRoute },
    { key: 'prompt_template', value: trial.promptTemplate },
  ];
  const tags = [...given.tags, ...trialTags(identity)];
  for (const { key } of trial.promptParameters) checkLength('prompt_parameters.key', key, MAX_KEY);
  const batch = checkBatch({ metrics: [], params, tags }, deps.truncateLongValues);
  const run = { ...given, id, ...named(given.name, batch.tags) };
  await putFiles(deps, context, given.experimentId, id, trialFiles(trial, identity));
  await insertFinished(deps, context, run, batch.params);
  deps.announce();
  return getRun(deps, context, id);
}

function named(name: string, tags: readonly KeyValue[]): Pick<RunToCreate, 'name' | 'tags'> {
  const values = new Map(tags.map(({ key, value }) => [key, value]));
  const chosen = chooseName(name, values.get(RUN_NAME_TAG) ?? '');
  values.set(RUN_NAME_TAG, chosen);
  return { name: chosen, tags: [...values].map(([key, value]) => ({ key, value })) };
}

/** What MLflow's UI finds the table and the model by. */
function trialTags({ runId, modelUuid, createdUtc }: Parameters<typeof trialFiles>[1]): KeyValue[] {
  const model = {
    run_id: runId,
    artifact_path: MODEL_FOLDER,
    utc_time_created: createdUtc,
    model_uuid: modelUuid,
    flavors: FLAVORS,
  };
  return [
    { key: 'mlflow.loggedArtifacts', value: `[{"path": "${TABLE_FILE}", "type": "table"}]` },
    { key: 'mlflow.runSourceType', value: 'PROMPT_ENGINEERING' },
    { key: 'mlflow.log-model.history', value: JSON.stringify([model]) },
  ];
}

async function putFiles(
  { pool, artifacts }: Deps,
  context: Context,
  experimentId: ExperimentId,
  run: RunId,
  files: ReadonlyMap<string, string>,
): Promise<void> {
  const experiment = await findExperiment(pool, context.workspace, experimentId);
  if (!experiment || experiment.deleted) throw await inactiveExperiment(pool, context.workspace, experimentId);
  const root = objectPath(appendToPath(experiment.artifactLocation, `/${run}/artifacts`));
  const contents = [...files].map(([path, text]) => ({ path, content: Buffer.from(text) }));
  if (contents.reduce((sum, { content }) => sum + content.length, 0) > MAX_FILE_BYTES) {
    throw new InvalidParameterError(`CreatePromptlabRun request must have at most ${MAX_FILE_BYTES} bytes of text.`);
  }
  await Promise.all(contents.map(({ path, content }) => artifacts.put(`${root}/${path}`, content, context)));
}

async function insertFinished(
  { pool }: Deps,
  context: Context,
  run: RunToCreate & { readonly id: RunId },
  params: readonly KeyValue[],
): Promise<void> {
  const { workspace } = context;
  const { id, experimentId, name, userId } = run;
  const about = { experiment_id: String(experimentId), run_name: name, user_id: userId };
  const created = outboxRow(runEvent('created', id, about), context);
  const finished = outboxRow(runEvent('finished', id, { status: 'FINISHED' }), context);
  await transaction(pool, async (tx) => {
    if (!(await insertRun(tx, workspace, run, created))) throw await inactiveExperiment(tx, workspace, experimentId);
    await insertBatch(tx, { run: id, workspace }, { points: toPoints([]), params, tags: [], name: null });
    await updateRun(tx, workspace, id, { status: 'FINISHED', endTimeMs: Date.now(), name: null }, finished);
  });
}

/** `2026-11-25 15:01:24.855000` */
const pythonTime = (date: Date) => date.toISOString().replace('T', ' ').replace('Z', '000');
