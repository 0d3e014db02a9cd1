import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createTestDatabase } from '@millrace/platform/testing/database';
import { pino } from 'pino';
import { startArtifactProxy } from '../src/app.ts';
import { loadConfig } from '../src/config.ts';

export type RunningProxy = Awaited<ReturnType<typeof startProxy>>;
export const API = '/api/2.0/mlflow-artifacts';

type Answer = { readonly status: number; readonly headers: Headers; readonly text: string };

/** The whole service on free ports, with a database and, unless `env` says otherwise, a folder of its own. */
export async function startProxy(env: Record<string, string | undefined> = {}) {
  const database = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'millrace-proxy-'));
  const config = loadConfig({
    AUTH_MODE: 'anonymous',
    DATABASE_URL: database.url,
    HTTP_PORT: '0',
    GRPC_PORT: '0',
    ARTIFACTS_FOLDER: join(folder, 'artifacts'),
    TRACKING_GRPC: '127.0.0.1:1',
    ...env,
  });
  const service = await startArtifactProxy(config, pino({ level: 'silent' }));
  const port = service.httpPort ?? 0;
  const root = `http://127.0.0.1:${port}`;

  /** The path goes out as it is: `fetch` would tidy it up first. */
  const raw = async (method: string, path: string, body = '', more: Record<string, string> = {}): Promise<Answer> => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...more };
    const sending = request({ host: '127.0.0.1', port, method, path, headers, agent: false }).end(body);
    const [answer] = (await once(sending, 'response')) as [IncomingMessage];
    return {
      status: answer.statusCode ?? 0,
      headers: new Headers(answer.headers as Record<string, string>),
      text: await text(answer),
    };
  };
  const url = (path: string) => `${root}${API}/artifacts/${path.split('/').map(encodeURIComponent).join('/')}`;

  return {
    ...service,
    port,
    root,
    databaseUrl: database.url,
    eventsConfig: config.events,
    folder,
    raw,
    url,
    put: (path: string, body: string | Uint8Array<ArrayBuffer>) => fetch(url(path), { method: 'PUT', body }),
    get: (path: string, headers: Record<string, string> = {}) => fetch(url(path), { headers }),
    head: (path: string, headers: Record<string, string> = {}) => fetch(url(path), { method: 'HEAD', headers }),
    /** Like `get`, but without the `Cache-Control: no-cache` that `fetch` adds to conditions. */
    getIf: (path: string, headers: Record<string, string>) => raw('GET', new URL(url(path)).pathname, '', headers),
    delete: (path: string) => fetch(url(path), { method: 'DELETE' }),
    async list(path?: string): Promise<unknown> {
      const query = path === undefined ? '' : `?${new URLSearchParams({ path })}`;
      return (await fetch(`${root}${API}/artifacts${query}`)).json();
    },
    drafts: () => readdir(join(folder, 'artifacts/.millrace-uploads')),
    async close() {
      await service.lifecycle.close();
      await database[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}
