import { expect } from '@jest/globals';
import { API } from './_service.ts';

export type Credential = {
  readonly url: string;
  readonly part_number: number;
  readonly headers: Record<string, string>;
};
export type Created = { readonly upload_id: string; readonly credentials: readonly Credential[] };

/** Does what the MLflow client does, step by step. */
export function multipart(proxy: () => { readonly root: string }) {
  const post = (step: string, dir: string, body: object) =>
    fetch(`${proxy().root}${API}/mpu/${step}/${dir}`, { method: 'POST', body: JSON.stringify(body) });
  return {
    post,
    async create(dir: string, path: string, num_parts: number): Promise<Created> {
      const answer = await post('create', dir, { path, num_parts });
      expect(answer.status).toBe(200);
      return (await answer.json()) as Created;
    },
    /** Gives the part as it is named in the end. */
    async send({ url, part_number, headers }: Credential, body: string | Uint8Array<ArrayBuffer>) {
      const answer = await fetch(url, { method: 'PUT', headers, body });
      expect(answer.status).toBe(200);
      return { part_number, etag: answer.headers.get('etag') ?? '', url };
    },
    complete: (dir: string, path: string, upload_id: string, parts: object[]) =>
      post('complete', dir, { path, upload_id, parts }),
    abort: (dir: string, path: string, upload_id: string) => post('abort', dir, { path, upload_id }),
  };
}
