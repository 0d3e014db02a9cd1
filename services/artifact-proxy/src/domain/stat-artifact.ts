import type { ObjectInfo, ObjectStore } from '@millrace/platform/object-store/object-store';
import type { Pool } from '@millrace/platform/postgres';
import { findDigest } from '../store/digests.ts';

export type StatDeps = { readonly store: ObjectStore; readonly pool: Pool };
/** The hash is in hexadecimal, and absent where nobody saw the bytes in order. */
export type ArtifactInfo = ObjectInfo & { readonly sha256: string | undefined };

export async function statArtifact({ store, pool }: StatDeps, key: string): Promise<ArtifactInfo | undefined> {
  const info = await store.stat(key);
  return info && { ...info, sha256: await findDigest(pool, key, info.etag) };
}
