import type { KeyValue } from './experiment.ts';

/** One trial of a prompt on a model, as MLflow's UI records it. */
export type Trial = {
  readonly promptTemplate: string;
  readonly promptParameters: readonly KeyValue[];
  readonly modelRoute: string;
  readonly modelParameters: readonly KeyValue[];
  /** The template with the parameters in it. */
  readonly modelInput: string;
  readonly modelOutput?: string | undefined;
  readonly modelOutputParameters: readonly KeyValue[];
  /** Of MLflow, whose loader reads the model. */
  readonly mlflowVersion: string;
};

export type ModelIdentity = { readonly runId: string; readonly modelUuid: string; readonly createdUtc: string };

export const MODEL_FOLDER = 'model';
export const TABLE_FILE = 'eval_results_table.json';

const FLAVOR = {
  env: { conda: 'conda.yaml', virtualenv: 'python_env.yaml' },
  loader_module: 'mlflow.prompt.promptlab_model',
  parameters_path: 'parameters.yaml',
};
export const FLAVORS = { python_function: FLAVOR };

/** The artifacts of a trial's run, by path: what went in and came out as a table, and the prompt as a model to load. */
export function trialFiles(trial: Trial, identity: ModelIdentity): ReadonlyMap<string, string> {
  const files = {
    [TABLE_FILE]: table(trial),
    [`${MODEL_FOLDER}/MLmodel`]: yaml(modelDescription(trial, identity)),
    [`${MODEL_FOLDER}/parameters.yaml`]: yaml(parameters(trial)),
    ...environment(trial),
    ...example(trial),
  };
  return new Map(Object.entries(files));
}

function table({ promptParameters, modelInput, modelOutput, modelOutputParameters }: Trial): string {
  const keys = (pairs: readonly KeyValue[]) => pairs.map(({ key }) => key);
  const values = (pairs: readonly KeyValue[]) => pairs.map(({ value }) => value);
  return JSON.stringify({
    columns: [...keys(promptParameters), 'prompt', 'output', ...keys(modelOutputParameters)],
    data: [[...values(promptParameters), modelInput, modelOutput ?? null, ...values(modelOutputParameters)]],
  });
}

function modelDescription({ promptParameters, mlflowVersion }: Trial, { runId, modelUuid, createdUtc }: ModelIdentity) {
  const column = (name: string) => ({ type: 'string', name, required: true });
  return {
    artifact_path: MODEL_FOLDER,
    flavors: FLAVORS,
    mlflow_version: mlflowVersion,
    model_uuid: modelUuid,
    run_id: runId,
    saved_input_example_info: {
      artifact_path: 'input_example.json',
      serving_input_path: 'serving_input_example.json',
      type: 'json_object',
    },
    signature: {
      inputs: JSON.stringify(promptParameters.map(({ key }) => column(key))),
      outputs: JSON.stringify([column('output')]),
      params: null,
    },
    utc_time_created: createdUtc,
  };
}

function parameters({ promptTemplate, promptParameters, modelRoute, modelParameters }: Trial) {
  return {
    model_parameters: record(modelParameters),
    model_route: modelRoute,
    prompt_parameters: record(promptParameters),
    prompt_template: promptTemplate,
  };
}

/** The versions of Python and pip are the loader's: nothing here ran on any. */
function environment({ mlflowVersion }: Trial) {
  const requirement = `mlflow[gateway]==${mlflowVersion}`;
  const conda = {
    channels: ['conda-forge'],
    dependencies: ['python', 'pip', { pip: [requirement] }],
    name: 'mlflow-env',
  };
  return {
    [`${MODEL_FOLDER}/conda.yaml`]: yaml(conda),
    [`${MODEL_FOLDER}/python_env.yaml`]: yaml({ build_dependencies: ['pip'], dependencies: ['-r requirements.txt'] }),
    [`${MODEL_FOLDER}/requirements.txt`]: requirement,
  };
}

function example({ promptParameters }: Trial) {
  const input = { inputs: promptParameters.map(({ value }) => value) };
  return {
    [`${MODEL_FOLDER}/input_example.json`]: JSON.stringify(input),
    [`${MODEL_FOLDER}/serving_input_example.json`]: JSON.stringify({ inputs: input }),
  };
}

const record = (pairs: readonly KeyValue[]) => Object.fromEntries(pairs.map(({ key, value }) => [key, value]));

/** JSON is YAML, but for what Python's reader refuses in it: characters that cannot be printed, and surrogates in two escapes. */
const yaml = (value: unknown) => `${JSON.stringify(value, null, 2).replace(/[^\n -~]/gu, escaped)}\n`;

const escaped = (character: string) => `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`;
