import { connect, Failure } from '../load/connection.ts';
import { fileClient } from './file-client.ts';
import type { Files } from './files.ts';

const API = '/api/2.0/mlflow-artifacts';
const TIMEOUT_MS = 120_000;
/** As many as MLflow's client sends at a time on two cores. */
const PARTS_AT_A_TIME = 4;

/** Through a server that speaks MLflow's API. */
export function proxiedFiles(url: string): Files {
  const client = fileClient(url);
  const at = (name: string) => `${API}/artifacts/${name}`;
  return {
    put: async (name, bytes) => void (await client.put(at(name), bytes)),
    get: (name) => client.get(at(name)),
    range: (name, first, bytes) => client.get(at(name), { range: `bytes=${first}-${first + bytes - 1}` }),
    firstByte: (name) => client.firstByte(at(name)),
    list: (folder) => list(url, folder),
    putParts: (folder, name, parts, partBytes) => putParts(url, `${folder}/`, name, { parts, partBytes }),
  };
}

async function list(url: string, folder: string): Promise<number> {
  const { send, close } = connect(url, TIMEOUT_MS);
  try {
    const answer = await send(`${API}/artifacts?path=${encodeURIComponent(folder)}`);
    return (JSON.parse(answer.toString()) as { files?: readonly unknown[] }).files?.length ?? 0;
  } finally {
    await close();
  }
}

type Created = { readonly upload_id: string; readonly credentials: readonly { url: string; part_number: number }[] };

async function putParts(url: string, folder: string, path: string, { parts, partBytes }: Cut): Promise<void> {
  const { send, close } = connect(url, TIMEOUT_MS);
  const post = (step: string, body: object) => send(`${API}/mpu/${step}/${folder}`, JSON.stringify(body));
  try {
    const created = JSON.parse((await post('create', { path, num_parts: parts })).toString()) as Created;
    const waiting = created.credentials.values();
    const sent: { part_number: number; etag: string; url: string }[] = [];
    const sender = async () => {
      const client = fileClient(url);
      for (const { url: to, part_number } of waiting) {
        const { pathname, search, origin } = new URL(to);
        if (origin !== url) throw new Failure('elsewhere', origin);
        const { headers } = await client.put(pathname + search, partBytes);
        sent.push({ part_number, etag: headers.etag ?? '', url: to });
      }
    };
    await Promise.all(Array.from({ length: PARTS_AT_A_TIME }, sender));
    await post('complete', { path, upload_id: created.upload_id, parts: sent });
  } finally {
    await close();
  }
}

type Cut = { readonly parts: number; readonly partBytes: number };
