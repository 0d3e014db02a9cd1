import type { Queryable } from '@millrace/platform/postgres';
import { LRUCache } from 'lru-cache';

const MAX_CACHED = 200_000;

/**
 * Metric keys as the small numbers that stand for them in the big tables. A key keeps its number for ever, so what has been
 * looked up once need not be asked again.
 */
export class MetricKeys {
  readonly #db: Queryable;
  readonly #known = new LRUCache<string, number>({ max: MAX_CACHED });

  constructor(db: Queryable) {
    this.#db = db;
  }

  /** Undefined for a key nothing has been logged under, as far as this process knows. */
  cached(workspace: string, key: string): number | undefined {
    return this.#known.get(`${workspace}\n${key}`);
  }

  /** Numbers of the keys that have one. */
  async find(workspace: string, keys: readonly string[]): Promise<Map<string, number>> {
    return this.#resolve(workspace, keys, findKeys);
  }

  /** Numbers of all the keys; new ones are given theirs, in a statement of its own, whatever becomes of the caller's. */
  async intern(workspace: string, keys: readonly string[]): Promise<Map<string, number>> {
    return this.#resolve(workspace, keys, async (db, space, missing) => {
      await insertKeys(db, space, missing);
      return findKeys(db, space, missing);
    });
  }

  async #resolve(workspace: string, keys: readonly string[], load: typeof findKeys): Promise<Map<string, number>> {
    const ids = new Map<string, number>();
    const missing = new Set<string>();
    for (const key of keys) {
      const id = this.cached(workspace, key);
      if (id === undefined) missing.add(key);
      else ids.set(key, id);
    }
    if (missing.size === 0) return ids;
    for (const row of await load(this.#db, workspace, [...missing])) {
      ids.set(row.key, row.key_id);
      this.#known.set(`${workspace}\n${row.key}`, row.key_id);
    }
    return ids;
  }
}

type KeyRow = { readonly key: string; readonly key_id: number };

async function findKeys(db: Queryable, workspace: string, keys: readonly string[]): Promise<KeyRow[]> {
  const { rows } = await db.query<KeyRow>({
    name: 'find_metric_keys',
    text: 'select key, key_id from tracking.metric_key where workspace_id = $1 and key = any($2::text[])',
    values: [workspace, keys],
  });
  return rows;
}

/** In order, so that two batches with the same new keys wait for each other instead of deadlocking. */
async function insertKeys(db: Queryable, workspace: string, keys: readonly string[]): Promise<void> {
  await db.query({
    name: 'insert_metric_keys',
    text: `
      insert into tracking.metric_key (workspace_id, key)
      select $1, k.key from unnest($2::text[]) as k (key)
      where not exists (select from tracking.metric_key m where m.workspace_id = $1 and m.key = k.key)
      order by k.key
      on conflict do nothing`,
    values: [workspace, keys],
  });
}
