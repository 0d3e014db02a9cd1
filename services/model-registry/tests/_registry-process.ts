import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** The service as a process of its own, which can be killed. */
export async function startRegistryProcess(env: Record<string, string>) {
  const { PATH = '' } = process.env;
  const main = new URL('../src/main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [main], {
    env: { PATH, AUTH_MODE: 'anonymous', HTTP_PORT: '0', GRPC_PORT: '0', TRACKING_GRPC: '127.0.0.1:1', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  const httpPort = await new Promise<number>((resolve, reject) => {
    void ended.then(() => reject(new Error('the registry did not start')));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { msg, httpPort: port } = JSON.parse(line) as { readonly msg?: string; readonly httpPort?: number };
      if (msg === 'model-registry is ready') resolve(Number(port));
    });
  });
  const post = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json' };
    const url = `http://127.0.0.1:${httpPort}/api/2.0/mlflow/${path}`;
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: answer.status, body: (await answer.json()) as Readonly<Record<string, unknown>> };
  };
  return {
    post,
    kill: async (signal: NodeJS.Signals = 'SIGKILL') => {
      child.kill(signal);
      await ended;
    },
  };
}
