import { ConfigError } from '@millrace/platform/config';

type Json = Readonly<Record<string, unknown>>;

/** MLflow's REST API at one address; a refusal is an error for the person who asked. */
export type Api = {
  readonly post: (path: string, body: Json) => Promise<Json>;
  /** Undefined for what is not there. */
  readonly find: (path: string, query: Readonly<Record<string, string>>) => Promise<Json | undefined>;
  readonly upload: (artifactPath: string, content: string) => Promise<void>;
};

export function openApi(url: string): Api {
  const base = `${url.replace(/\/+$/, '')}/api/2.0`;
  return {
    async post(path, body) {
      const headers = { 'content-type': 'application/json' };
      const answer = await ask(`${base}/mlflow/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
      return (await accepted(path, answer).then((found) => found.json())) as Json;
    },
    async find(path, query) {
      const answer = await ask(`${base}/mlflow/${path}?${new URLSearchParams(query)}`, {});
      if (answer.status === 404) return undefined;
      return (await accepted(path, answer).then((found) => found.json())) as Json;
    },
    async upload(artifactPath, body) {
      const answer = await ask(`${base}/mlflow-artifacts/artifacts/${artifactPath}`, { method: 'PUT', body });
      await accepted(artifactPath, answer);
    },
  };
}

async function ask(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (cause) {
    const { cause: reason } = cause as { cause?: { code?: string; message?: string } };
    const why = reason?.message || reason?.code || 'no answer';
    throw new ConfigError(`${new URL(url).origin} cannot be reached: ${why}`, { cause });
  }
}

async function accepted(path: string, answer: Response): Promise<Response> {
  if (answer.ok) return answer;
  throw new ConfigError(`${path} was answered ${answer.status}: ${(await answer.text()).slice(0, 500)}`);
}
