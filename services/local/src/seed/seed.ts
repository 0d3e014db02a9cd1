import type { Print } from '@millrace/platform/commands/run-command';
import { ConfigError } from '@millrace/platform/config';
import { type Api, openApi } from './api.ts';
import { exampleRun } from './example-run.ts';
import { registerBest, type Trained } from './register-best.ts';

export type SeedOptions = { readonly url: string; readonly name: string; readonly runs: number };

/**
 * Makes an experiment with runs, and a model of the best of them in Production, through the API as a client would. Nothing is
 * done where the experiment or the model is there already.
 */
export async function seed({ url, name, runs }: SeedOptions, print: Print): Promise<void> {
  const api = openApi(url);
  const experimentName = `example-${name}`;
  await refuseExisting(api, experimentName, name);
  const created = await api.post('experiments/create', {
    name: experimentName,
    tags: [{ key: 'example', value: 'true' }],
  });
  const experimentId = String(created['experiment_id']);
  const trained: Trained[] = [];
  for (let number = 0; number < runs; number++) trained.push(await train(api, experimentId, number));
  print(
    `Experiment ${experimentName} (${experimentId}): ${runs} runs with params, metrics, a dataset and a model file each`,
  );
  const best = trained.sort((a, b) => b.accuracy - a.accuracy).slice(0, 2);
  for (const line of await registerBest(api, name, best)) print(line);
}

async function refuseExisting(api: Api, experimentName: string, model: string): Promise<void> {
  const experiment = await api.find('experiments/get-by-name', { experiment_name: experimentName });
  const registered = await api.find('registered-models/get', { name: model });
  if (!experiment && !registered) return;
  const what = experiment ? `an experiment '${experimentName}'` : `a model '${model}'`;
  throw new ConfigError(`There is ${what} already. Choose another --name.`);
}

type RunAnswer = { readonly run: { readonly info: { readonly run_id: string; readonly artifact_uri: string } } };

async function train(api: Api, experimentId: string, number: number): Promise<Trained> {
  const endMs = Date.now();
  const { name, params, metrics, accuracy } = exampleRun(number, endMs);
  const start_time = endMs - 60_000;
  const tags = [{ key: 'mlflow.source.git.commit', value: number.toString(16).padStart(40, '0') }];
  const created = await api.post('runs/create', { experiment_id: experimentId, run_name: name, start_time, tags });
  const { run_id, artifact_uri } = (created as RunAnswer).run.info;
  await api.post('runs/log-batch', { run_id, params, metrics });
  const dataset = {
    name: 'customers',
    digest: `week${number}`,
    source_type: 'http',
    source: '{"url": "https://example.com"}',
  };
  await api.post('runs/log-inputs', {
    run_id,
    datasets: [{ dataset, tags: [{ key: 'mlflow.data.context', value: 'training' }] }],
  });
  await uploadModel(api, artifact_uri, run_id, params);
  await api.post('runs/update', { run_id, status: 'FINISHED', end_time: endMs });
  return { runId: run_id, source: `${artifact_uri}/model`, accuracy };
}

/** Only where artifacts go through Millrace; a store that clients write to by themselves needs credentials of its own. */
async function uploadModel(api: Api, artifactUri: string, runId: string, params: readonly object[]): Promise<void> {
  const [, root] = /^mlflow-artifacts:(?:\/\/[^/]*)?\/(.+)$/.exec(artifactUri) ?? [];
  if (root === undefined) return;
  const mlmodel = `artifact_path: model\nrun_id: ${runId}\nflavors:\n  python_function:\n    loader_module: example\n`;
  await api.upload(`${root}/model/MLmodel`, mlmodel);
  await api.upload(`${root}/model/settings.json`, JSON.stringify(params));
}
