import { Readable } from 'node:stream';
import { listPages, type ObjectStore } from '@millrace/platform/object-store/object-store';
import { Failure } from '../load/connection.ts';
import type { Files } from './files.ts';

const CHUNK = Buffer.alloc(64 * 1024, 'millrace');

/** Straight from and to the object store, by the driver that Millrace itself uses: what is left is the way through the server. */
export function storedFiles(store: ObjectStore): Files {
  const read = async (name: string, range?: { readonly first: number; readonly last: number }) => {
    const body = await store.get(name, { range });
    if (!body) throw new Failure('404', name);
    let bytes = 0;
    for await (const chunk of body.stream as AsyncIterable<Buffer>) bytes += chunk.length;
    return bytes;
  };
  return {
    put: async (name, bytes) => {
      const body = Readable.from(chunks(bytes), { objectMode: false });
      await store.put(name, body, { sizeBytes: bytes }).catch(fail);
    },
    get: (name) => read(name).catch(fail),
    range: (name, first, bytes) => read(name, { first, last: first + bytes - 1 }).catch(fail),
    async firstByte(name) {
      const body = await store.get(name).catch(fail);
      if (!body) throw new Failure('404', name);
      for await (const _ of body.stream as AsyncIterable<Buffer>) break;
    },
    async list(folder) {
      let count = 0;
      for await (const page of listPages(store, folder, 1000)) count += page.length;
      return count;
    },
    putParts: null,
  };
}

function* chunks(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= CHUNK.length) yield left < CHUNK.length ? CHUNK.subarray(0, left) : CHUNK;
}

function fail(error: unknown): never {
  throw error instanceof Failure ? error : new Failure((error as Error).name, (error as Error).message);
}
