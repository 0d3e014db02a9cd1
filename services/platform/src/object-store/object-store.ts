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
  /** Objects that arrive in parts, in any order, over days. */
  readonly multipart: Multipart;
  /** Addresses at which clients reach the store by themselves; absent where it has none. */
  readonly presign?: Presign | undefined;
  /** Frees what killed processes left of uploads, as far as the store can tell; the rest is for whoever kept their ids. */
  removeAbandoned(): Promise<void>;
  /** Throws one sentence about what is wrong when objects could not be written now. */
  check(signal?: AbortSignal): Promise<void>;
  /** The address under which other programs find this object. */
  uri(key: string): string;
  close(): void;
};

export type PutOptions = {
  /** When given, a body of another length is refused. */
  readonly sizeBytes?: number | undefined;
  /** A longer body is refused. */
  readonly maxBytes?: number | undefined;
  /** Whether to say the SHA-256 of what was stored. */
  readonly digest?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told of an upload in parts, so that a crash leaves nothing that nobody knows of. */
  readonly journal?: Journal | undefined;
};

export type Journal = {
  readonly mark: string;
  /** Called before anything is begun, and again as soon as it has an id. */
  readonly begin: () => Promise<void>;
  readonly begun: (uploadId: string) => Promise<void>;
};

/** A place where the parts of one object are gathered. It outlives the process; until it is complete nothing is visible. */
export type MultipartUpload = {
  readonly key: string;
  readonly id: string;
  /** Chosen by whoever began it, unique: by it a finished object tells that it came from this upload. */
  readonly mark: string;
};

export type Part = { readonly number: number; readonly etag: string };

export type Multipart = {
  /** Gives the upload's id. */
  begin(key: string, mark: string): Promise<string>;
  /** A part that comes again replaces the first. Throws NoSuchUpload. */
  put(upload: MultipartUpload, number: number, body: Readable, options: PartOptions): Promise<StoredObject>;
  /** May be asked again after a failure or a crash. Throws NoSuchUpload, InvalidParameterError for parts that do not fit. */
  complete(upload: MultipartUpload, parts: readonly Part[]): Promise<StoredObject>;
  /** The object, when this upload was completed and its object was not replaced since. */
  completed(upload: MultipartUpload): Promise<StoredObject | undefined>;
  /** The ids of uploads that may be the one with this mark: those that were begun for its key. */
  find(upload: Omit<MultipartUpload, 'id'>): Promise<string[]>;
  /** Frees the parts, of a complete upload too; an upload that is not there is fine. */
  abort(upload: MultipartUpload): Promise<void>;
};

export type PartOptions = { readonly sizeBytes: number; readonly signal?: AbortSignal | undefined };

/** A request that whoever has it may make, until it expires. */
export type SignedRequest = { readonly url: string; readonly headers: Readonly<Record<string, string>> };

export type Presign = {
  get(key: string, options: PresignedGet): Promise<SignedRequest>;
  part(upload: MultipartUpload, number: number, expiresSeconds: number): Promise<SignedRequest>;
};

export type PresignedGet = {
  readonly expiresSeconds: number;
  /** What the store shall answer with. */
  readonly contentType: string;
  readonly contentDisposition: string;
};

export type GetOptions = { readonly range?: ByteRange | undefined; readonly signal?: AbortSignal | undefined };

/** Both ends are included; `last` may lie beyond the end of the object. */
export type ByteRange = { readonly first: number; readonly last: number };

export type ListOptions = {
  readonly pageToken?: string | undefined;
  /** At most this many entries; a page may hold fewer and still have a successor. */
  readonly limit?: number | undefined;
};

export type StoredObject = {
  readonly sizeBytes: number;
  readonly etag: string;
  /** In hexadecimal; where it was asked for and the bytes came by in order. */
  readonly sha256?: string | undefined;
};

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

/** There is no such upload in parts: never begun, aborted, or complete. */
export class NoSuchUpload extends Error {
  override readonly name = 'NoSuchUpload';
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
