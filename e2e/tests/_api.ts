export type Answer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };

/** Rejects when no answer arrives. */
export async function post(url: string, path: string, body: unknown): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  return answer(await fetch(`${url}/api/2.0/mlflow/${path}`, { method: 'POST', headers, body: JSON.stringify(body) }));
}

/** Rejects when no answer arrives. */
export async function get(url: string, path: string, query: Readonly<Record<string, string>>): Promise<Answer> {
  return answer(await fetch(`${url}/api/2.0/mlflow/${path}?${new URLSearchParams(query)}`));
}

async function answer(response: Response): Promise<Answer> {
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}
