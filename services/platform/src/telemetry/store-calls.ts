import type { Lifecycle } from '../lifecycle.ts';
import type { ObjectBody, ObjectStore } from '../object-store/object-store.ts';
import { counter, gauge } from './metering.ts';

/** The store with a count of what moves through it; the store itself when nobody collects metrics. */
export function observedStore(store: ObjectStore, lifecycle: Lifecycle): ObjectStore {
  const bytes = counter('millrace_object_bytes_total', 'Of objects that were written or read, when they were whole');
  if (!bytes) return store;
  const moving = { in: 0, out: 0 };
  for (const direction of ['in', 'out'] as const) bytes.add(0, { direction });
  gauge('millrace_object_streams', 'Objects being written and read', lifecycle, () => [
    [moving.in, { direction: 'in' }],
    [moving.out, { direction: 'out' }],
  ]);

  const written = async <T extends { readonly sizeBytes: number }>(writing: Promise<T>): Promise<T> => {
    moving.in++;
    try {
      const stored = await writing;
      bytes.add(stored.sizeBytes, { direction: 'in' });
      return stored;
    } finally {
      moving.in--;
    }
  };
  const read = (body: ObjectBody): ObjectBody => {
    moving.out++;
    body.stream.once('close', () => {
      moving.out--;
      if (body.stream.readableEnded) bytes.add(body.sizeBytes, { direction: 'out' });
    });
    return body;
  };
  return {
    ...store,
    put: (key, body, options) => written(store.put(key, body, options)),
    async get(key, options) {
      const body = await store.get(key, options);
      return body && read(body);
    },
    multipart: {
      ...store.multipart,
      put: (upload, number, body, options) => written(store.multipart.put(upload, number, body, options)),
    },
  };
}
