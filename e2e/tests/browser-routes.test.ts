import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pythonWithMlflow } from '@millrace/platform/testing/python';
import { post } from '../api.ts';
import { startLocal } from '../programs/local.ts';
import { runPython } from './_journey.ts';
import { openParts } from './_parts.ts';
import { startServices } from './_services.ts';

const TIMEOUT_MS = 300_000;

type Server = { readonly url: string; readonly stop: () => Promise<unknown> };

async function onOneMachine(): Promise<Server> {
  const dataDir = await mkdtemp(join(tmpdir(), 'millrace-browser-'));
  const { url, stop } = await startLocal(dataDir);
  return { url, stop: () => stop().then(() => rm(dataDir, { recursive: true, force: true })) };
}

async function asServices(): Promise<Server> {
  const parts = await openParts();
  const { url, stop } = await startServices(parts);
  return { url, stop: () => stop().then(parts.close) };
}

describe.each<[string, () => Promise<Server>]>([
  ['on one machine', onOneMachine],
  ['as three services', asServices],
])('%s, a browser', (_set_up, start) => {
  let server: Server;
  let experiment_id: string;

  beforeAll(async () => {
    server = await start();
    experiment_id = (await post(server.url, 'experiments/create', { name: 'browser' })).body['experiment_id'] as string;
  }, TIMEOUT_MS);
  afterAll(() => server?.stop(), TIMEOUT_MS);

  const ajax = (path: string, init?: RequestInit) => fetch(`${server.url}/ajax-api/2.0/mlflow/${path}`, init);
  const json = async (answer: Response) => (await answer.json()) as Record<string, never>;
  const download = async (run_id: string, path: string) =>
    (await fetch(`${server.url}/get-artifact?${new URLSearchParams({ run_id, path })}`)).text();
  const newRun = async () => {
    const { body } = await post(server.url, 'runs/create', { experiment_id });
    return (body as { run: { info: { run_id: string } } }).run.info.run_id;
  };

  it('uploads a file to a run, sees it listed, and downloads it', async () => {
    const run_uuid = await newRun();
    const query = new URLSearchParams({ run_uuid, path: 'notes/größe 1.txt' });
    expect((await ajax(`upload-artifact?${query}`, { method: 'POST', body: 'hello' })).status).toBe(200);
    const listed = await json(await ajax(`artifacts/list?${new URLSearchParams({ run_uuid, path: 'notes' })}`));
    expect(listed['files']).toEqual([{ path: 'notes/größe 1.txt', is_dir: false, file_size: 5 }]);
    expect(await download(run_uuid, 'notes/größe 1.txt')).toBe('hello');
    expect((await fetch(`${server.url}/get-artifact?run_id=${'f'.repeat(32)}&path=a`)).status).toBe(404);
  });

  it('downloads a file of a model version', async () => {
    const run_uuid = await newRun();
    await ajax(`upload-artifact?${new URLSearchParams({ run_uuid, path: 'model/MLmodel' })}`, {
      method: 'POST',
      body: 'flavors:',
    });
    await post(server.url, 'registered-models/create', { name: 'downloaded' });
    const created = { name: 'downloaded', source: `runs:/${run_uuid}/model`, run_id: run_uuid };
    expect((await post(server.url, 'model-versions/create', created)).status).toBe(200);
    const query = new URLSearchParams({ name: 'downloaded', version: '1', path: 'MLmodel' });
    expect(await (await fetch(`${server.url}/model-versions/get-artifact?${query}`)).text()).toBe('flavors:');
  });

  it('downloads a file of a logged model', async () => {
    const { body } = await post(server.url, 'logged-models', { experiment_id });
    const { model_id, artifact_uri } = (body as { model: { info: Record<string, string> } }).model.info;
    const path = artifact_uri?.replace('mlflow-artifacts:/', '');
    await fetch(`${server.url}/api/2.0/mlflow-artifacts/artifacts/${path}/MLmodel`, {
      method: 'PUT',
      body: 'flavors:',
    });
    const answer = await ajax(`logged-models/${model_id}/artifacts/files?artifact_file_path=MLmodel`);
    expect([answer.status, await answer.text()]).toEqual([200, 'flavors:']);
  });

  it(
    'tries a prompt and finds it as a run with a table and a model',
    async () => {
      const trial = {
        experiment_id,
        prompt_template: 'Say {{ word }}',
        prompt_parameters: [{ key: 'word', value: '"hi" 🚀' }],
        model_route: 'chat',
        model_input: 'Say "hi" 🚀',
        model_output: 'hi',
        mlflow_version: '3.17.2',
      };
      const headers = { 'content-type': 'application/json' };
      const answer = await ajax('runs/create-promptlab-run', { method: 'POST', headers, body: JSON.stringify(trial) });
      const { run } = (await answer.json()) as { run: { info: { run_id: string; status: string } } };
      expect(run.info.status).toBe('FINISHED');
      expect(JSON.parse(await download(run.info.run_id, 'eval_results_table.json'))).toEqual({
        columns: ['word', 'prompt', 'output'],
        data: [['"hi" 🚀', 'Say "hi" 🚀', 'hi']],
      });
      const script = new URL('load_trial.py', import.meta.url).pathname;
      const read = await runPython(await pythonWithMlflow('newest'), script, [server.url, run.info.run_id]);
      expect(JSON.parse(read)).toEqual({
        columns: ['word', 'prompt', 'output'],
        inputs: ['word'],
        prompt_parameters: { word: '"hi" 🚀' },
      });
    },
    TIMEOUT_MS,
  );
});
