import type { Readable } from 'node:stream';

/**
 * Named bytes. Keys are relative and slash-separated; a directory exists as long as an object lies below it. When the store
 * itself is at fault every function throws UnavailableError, so that callers are told to come again.
 */
export type ObjectStore = {
  /** Resolves once the bytes are durable. Until then, and when the body fails, the key keeps what it had. */
  put(key: string, body: Readable, options?: PutOptions): Promise<StoredObject>;
  /** Undefined when there is no such object; throws RangeNotSatisfiable. Whoever gets a body reads or destroys its stream. */
  get(key: string, options?: GetOptions): Promise<ObjectBody | undefined>;
  stat(key: string): Promise<ObjectInfo | undefined>;
  /** One page of what lies directly in `dir` ('' is the root), by name. Nothing there is an empty page. */
  list(dir: string, options?: ListOptions): Promise<ListPage>;
  /** False when there was no such object. */
  delete(key: string): Promise<boolean>;
  /** Deletes everything below `dir` and says how many objects that were; never the whole store. */
  deleteTree(dir: string): Promise<number>;
  /** Throws one sentence about what is wrong when objects could not be written now. */
  check(signal?: AbortSignal): Promise<void>;
  /** The address under which other programs find this object. */
  uri(key: string): string;
  close(): void;
};

export type PutOptions = {
  /** When given, a body of another length is refused. */
  readonly sizeBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
};

export type GetOptions = { readonly range?: ByteRange | undefined; readonly signal?: AbortSignal | undefined };

/** Both ends are included; `last` may lie beyond the end of the object. */
export type ByteRange = { readonly first: number; readonly last: number };

export type ListOptions = {
  readonly pageToken?: string | undefined;
  /** At most this many entries; a page may hold fewer and still have a successor. */
  readonly limit?: number | undefined;
};

export type StoredObject = { readonly sizeBytes: number; readonly etag: string };

export type ObjectInfo = {
  readonly totalBytes: number;
  /** As HTTP writes it, quotes included. */
  readonly etag: string;
  readonly modifiedAt: Date;
};

export type ObjectBody = ObjectInfo & {
  readonly stream: Readable;
  /** Of this stream: less than `totalBytes` when a range was asked for. */
  readonly sizeBytes: number;
};

export type Entry = { readonly name: string; readonly isDir: boolean; readonly sizeBytes: number };
export type ListPage = { readonly entries: readonly Entry[]; readonly nextPageToken?: string | undefined };

/** The asked range begins behind the end of the object. */
export class RangeNotSatisfiable extends Error {
  override readonly name = 'RangeNotSatisfiable';
}

/** Everything directly in `dir`, a page in memory at a time. */
export async function* listPages(store: ObjectStore, dir: string, limit?: number): AsyncGenerator<readonly Entry[]> {
  let page = await store.list(dir, { limit });
  yield page.entries;
  while (page.nextPageToken !== undefined) {
    page = await store.list(dir, { limit, pageToken: page.nextPageToken });
    yield page.entries;
  }
}
