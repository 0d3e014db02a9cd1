import { expect } from '@jest/globals';
import { createTestDatabase } from '@millrace/platform/testing/database';
import { pino } from 'pino';
import { startTracking } from '../src/app.ts';
import { loadConfig } from '../src/config.ts';

export type Answer = { readonly status: number; readonly body: Record<string, unknown>; readonly headers: Headers };
export type TrackingService = Awaited<ReturnType<typeof startService>>;

/** The whole service on free ports and a database of its own. */
export async function startService(env: Record<string, string> = {}) {
  const database = await createTestDatabase();
  const config = loadConfig({
    AUTH_MODE: 'anonymous',
    DATABASE_URL: database.url,
    HTTP_PORT: '0',
    GRPC_PORT: '0',
    ARTIFACT_PROXY_GRPC: '127.0.0.1:1',
    ...env,
  });
  const service = await startTracking(config, pino({ level: 'silent' }));
  const root = `http://127.0.0.1:${service.httpPort}`;

  const call = async (verb: string, path: string, body?: unknown): Promise<Answer> => {
    const init =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const response = await fetch(`${root}${path}`, { method: verb, ...init });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: JSON.parse(text || '{}') as Answer['body'] };
  };
  const post = (path: string, body: unknown = {}) => call('POST', `/api/2.0/mlflow/${path}`, body);
  const get = (path: string, query: Record<string, string> = {}) =>
    call('GET', `/api/2.0/mlflow/${path}?${new URLSearchParams(query)}`);

  return {
    ...service,
    root,
    databaseUrl: database.url,
    call,
    post,
    get,
    /** A new run in a new experiment, or in the one given. */
    async newRun(experimentId?: string): Promise<string> {
      const experiment_id = experimentId ?? (await this.newExperiment());
      const { body } = await post('runs/create', { experiment_id, start_time: 1 });
      return (body as { run: { info: { run_id: string } } }).run.info.run_id;
    },
    async newExperiment(): Promise<string> {
      const { body } = await post('experiments/create', { name: crypto.randomUUID() });
      return body['experiment_id'] as string;
    },
    async run(runId: string): Promise<Record<string, never>> {
      return ((await get('runs/get', { run_id: runId })).body as { run: Record<string, never> }).run;
    },
    async close() {
      await service.lifecycle.close();
      await database[Symbol.asyncDispose]();
    },
  };
}

export const error = (error_code: string, message: string) => ({
  error_code,
  message: expect.stringContaining(message) as unknown,
});
