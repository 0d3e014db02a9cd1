/** The answer's body; rejects with what it says when it is no 200. */
export async function expectOk(response: Response): Promise<Readonly<Record<string, unknown>>> {
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.url} answered ${response.status}: ${text}`);
  return JSON.parse(text) as Readonly<Record<string, unknown>>;
}
