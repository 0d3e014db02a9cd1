import { type FileHandle, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Body } from '../api.ts';

/** An answer of the server, or `status: 0` where none came and `why` says how it ended. */
export type Reply = {
  readonly status: number;
  readonly retryAfter?: string;
  readonly why?: string;
  /** Of every answer but those that ask to come again. */
  readonly body?: Body;
};

/** One request of a client, sent until it is answered for good. */
export type Operation = {
  readonly id: string;
  readonly path: string;
  readonly request: Body;
  /** One per time it was sent. */
  readonly replies: readonly Reply[];
  /** The answer with 2xx. Without it the write may be there or not. */
  readonly acknowledged?: Body;
};

type Line =
  | { readonly id: string; readonly path: string; readonly request: Body }
  | { readonly id: string; readonly reply: Reply };

export type Journal = {
  /** Resolves when it is on disk: before the request goes out. */
  readonly send: (id: string, path: string, request: Body) => Promise<void>;
  /** Resolves when it is on disk: before the client goes on. */
  readonly reply: (id: string, reply: Reply) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** One file per client, so that its lines are in the order in which the client did things. */
export async function openJournal(folder: string, client: string): Promise<Journal> {
  const file = await open(join(folder, `${client}.jsonl`), 'a');
  return {
    send: (id, path, request) => write(file, { id, path, request }),
    reply: (id, reply) => write(file, { id, reply }),
    close: () => file.close(),
  };
}

async function write(file: FileHandle, line: Line): Promise<void> {
  await file.appendFile(`${JSON.stringify(line)}\n`);
  await file.datasync();
}

/** Everything that was ever sent, client by client in order. */
export async function readJournal(folder: string): Promise<Operation[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.jsonl')).sort();
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  const operations = new Map<string, Operation & { replies: Reply[] }>();
  for (const text of texts.flatMap((content) => content.trimEnd().split('\n')).filter(Boolean)) {
    const line = JSON.parse(text) as Line;
    if ('path' in line) operations.set(line.id, { ...line, replies: [] });
    else operations.get(line.id)?.replies.push(line.reply);
  }
  return [...operations.values()].map((operation) => {
    const acknowledged = operation.replies.find(({ status }) => status >= 200 && status < 300)?.body;
    return acknowledged ? { ...operation, acknowledged } : operation;
  });
}
