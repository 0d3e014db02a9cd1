import { listPages, type ObjectStore } from './object-store.ts';

export type Found = { readonly key: string; readonly sizeBytes: number };

/** Everything below a directory, in the order of the store, a page of each level in memory at a time. */
export async function* walk(store: ObjectStore, dir = ''): AsyncGenerator<Found> {
  for await (const entries of listPages(store, dir)) {
    for (const { name, isDir, sizeBytes } of entries) {
      const key = dir === '' ? name : `${dir}/${name}`;
      if (isDir) yield* walk(store, key);
      else yield { key, sizeBytes };
    }
  }
}
