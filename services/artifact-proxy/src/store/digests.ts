import type { Queryable } from '@millrace/platform/postgres';

/** In hexadecimal, of the object as it is now; undefined where nobody saw its bytes in order. */
export async function findDigest(db: Queryable, key: string, etag: string): Promise<string | undefined> {
  const { rows } = await db.query<{ sha256: string }>({
    name: 'find_digest',
    text: `select encode(sha256, 'hex') as sha256 from artifacts.digest where object_key = $1 and etag = $2`,
    values: [key, etag],
  });
  return rows[0]?.sha256;
}

/** Of the object and of everything below it. */
export async function deleteDigests(db: Queryable, key: string): Promise<void> {
  await db.query({
    name: 'delete_digests',
    text: `
      delete from artifacts.digest
      where object_key = $1 or (object_key > $1 || '/' and object_key < $1 || '0')`,
    values: [key],
  });
}

export type KnownDigest = { readonly key: string; readonly etag: string; readonly sha256: string };

/** By key, from behind `after`. */
export async function listDigests(db: Queryable, after: string, limit: number): Promise<KnownDigest[]> {
  const { rows } = await db.query<KnownDigest>(
    `select object_key as key, etag, encode(sha256, 'hex') as sha256
     from artifacts.digest where object_key > $1 order by object_key limit $2`,
    [after, limit],
  );
  return rows;
}
