import type { IncomingHttpHeaders } from 'node:http';

/** An object without its bytes. */
export type NullObject = { readonly bytes: number; readonly metadata: Readonly<Record<string, string>> };
type Upload = { readonly key: string; readonly metadata: NullObject['metadata']; readonly parts: Map<number, number> };

/** What a store that swallows bytes remembers: how many there were. */
export class NullObjects {
  readonly #objects = new Map<string, NullObject>();
  readonly #uploads = new Map<string, Upload>();
  #sorted: readonly string[] | undefined;
  #ids = 0;

  find(key: string): NullObject | undefined {
    return this.#objects.get(key);
  }

  put(key: string, object: NullObject): void {
    if (!this.#objects.has(key)) this.#sorted = undefined;
    this.#objects.set(key, object);
  }

  delete(key: string): void {
    if (this.#objects.delete(key)) this.#sorted = undefined;
  }

  begin(key: string, headers: IncomingHttpHeaders): string {
    this.#ids += 1;
    this.#uploads.set(String(this.#ids), { key, metadata: metadataOf(headers), parts: new Map() });
    return String(this.#ids);
  }

  putPart(id: string, number: number, bytes: number): boolean {
    return this.#uploads.get(id)?.parts.set(number, bytes) !== undefined;
  }

  complete(id: string): boolean {
    const upload = this.#uploads.get(id);
    if (!upload) return false;
    const bytes = [...upload.parts.values()].reduce((sum, part) => sum + part, 0);
    this.put(upload.key, { bytes, metadata: upload.metadata });
    return this.#uploads.delete(id);
  }

  abort(id: string): void {
    this.#uploads.delete(id);
  }

  /** The first key that is not below this one. */
  next(from: string): string | undefined {
    this.#sorted ??= [...this.#objects.keys()].sort();
    const keys = this.#sorted;
    let [low, high] = [0, keys.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((keys[middle] ?? '') < from) low = middle + 1;
      else high = middle;
    }
    return keys[low];
  }
}

export function metadataOf(headers: IncomingHttpHeaders): Record<string, string> {
  const entries = Object.entries(headers).filter(([name]) => name.startsWith('x-amz-meta-'));
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}
