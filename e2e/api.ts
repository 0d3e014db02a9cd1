export type Body = Readonly<Record<string, unknown>>;
export type Answer = { readonly status: number; readonly body: Body; readonly headers: Headers };

/** Rejects when no answer arrives. */
export async function post(url: string, path: string, body: unknown, signal?: AbortSignal): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body: JSON.stringify(body), ...(signal && { signal }) };
  return answer(await fetch(`${url}/api/2.0/mlflow/${path}`, init));
}

/** Rejects when no answer arrives. */
export async function get(url: string, path: string, query: Readonly<Record<string, string>>): Promise<Answer> {
  return answer(await fetch(`${url}/api/2.0/mlflow/${path}?${new URLSearchParams(query)}`));
}

async function answer(response: Response): Promise<Answer> {
  return { status: response.status, headers: response.headers, body: (await response.json()) as Body };
}
