import { expect } from '@jest/globals';
import { createTestDatabase } from '@millrace/platform/testing/database';
import { pino } from 'pino';
import { startModelRegistry } from '../src/app.ts';
import { loadConfig } from '../src/config.ts';

export type Answer = { readonly status: number; readonly body: Json; readonly headers: Headers };
export type Json = Readonly<Record<string, unknown>>;
export type RegistryService = Awaited<ReturnType<typeof startService>>;

export type Version = {
  readonly name: string;
  readonly version: string;
  readonly current_stage: string;
  readonly creation_timestamp: number;
  readonly last_updated_timestamp: number;
  readonly aliases?: readonly string[];
} & Json;

export type Model = {
  readonly name: string;
  readonly creation_timestamp: number;
  readonly last_updated_timestamp: number;
  readonly latest_versions?: readonly Version[];
} & Json;

/** The whole service on free ports and a database of its own; no tracking service unless `env` says where. */
export async function startService(env: Record<string, string> = {}) {
  const database = await createTestDatabase();
  const config = loadConfig({
    AUTH_MODE: 'anonymous',
    DATABASE_URL: database.url,
    HTTP_PORT: '0',
    GRPC_PORT: '0',
    TRACKING_GRPC: '127.0.0.1:1',
    ...env,
  });
  const service = await startModelRegistry(config, pino({ level: 'silent' }));

  const call = async (verb: string, path: string, body?: Json): Promise<Answer> => {
    const init = body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const url = `http://127.0.0.1:${service.httpPort}/api/2.0/mlflow/${path}`;
    const response = await fetch(url, { method: verb, ...init });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Json };
  };
  const get = (path: string, query: Record<string, string | string[]> = {}) => {
    const params = new URLSearchParams();
    for (const [key, values] of Object.entries(query)) for (const value of [values].flat()) params.append(key, value);
    return call('GET', `${path}?${params}`);
  };
  const post = (path: string, body: Json = {}) => call('POST', path, body);

  return {
    ...service,
    config,
    call,
    get,
    post,
    patch: (path: string, body: Json = {}) => call('PATCH', path, body),
    delete: (path: string, body: Json = {}) => call('DELETE', path, body),
    /** A new model's name. */
    async newModel(body: Json = {}): Promise<string> {
      const name = `m-${crypto.randomUUID()}`;
      expect(await post('registered-models/create', { name, ...body })).toMatchObject({ status: 200 });
      return name;
    },
    async newVersion(name: string, body: Json = {}): Promise<Version> {
      const answer = await post('model-versions/create', { name, source: 's3://bucket/model', ...body });
      expect(answer).toMatchObject({ status: 200 });
      return answer.body['model_version'] as Version;
    },
    async model(name: string): Promise<Model> {
      return (await get('registered-models/get', { name })).body['registered_model'] as Model;
    },
    async version(name: string, version: string): Promise<Version> {
      return (await get('model-versions/get', { name, version })).body['model_version'] as Version;
    },
    move: (name: string, version: string, stage: string, archive = false) =>
      post('model-versions/transition-stage', { name, version, stage, archive_existing_versions: archive }),
    async close() {
      await service.lifecycle.close();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** An error answer whose message has this in it. */
export const refusal = (status: number, error_code: string, message: string) => ({
  status,
  body: { error_code, message: expect.stringContaining(message) as unknown },
});

export const invalid = (message: string) => refusal(400, 'INVALID_PARAMETER_VALUE', message);
export const missing = (message: string) => refusal(404, 'RESOURCE_DOES_NOT_EXIST', message);
export const taken = (message: string) => refusal(400, 'RESOURCE_ALREADY_EXISTS', message);
