import type { Queryable } from '@millrace/platform/postgres';

export type OpenUploads = { readonly count: number; readonly oldestSeconds: number };

/** Uploads in parts that nobody has completed or given up, of all workspaces. */
export async function openUploads(db: Queryable): Promise<OpenUploads> {
  const { rows } = await db.query<OpenUploads>({
    name: 'open_uploads',
    text: `
      select count(*) as count,
        coalesce(greatest(0, extract(epoch from now() - min(touched_at))), 0)::float8 as "oldestSeconds"
      from artifacts.upload where state = 'open'`,
  });
  return rows[0] ?? { count: 0, oldestSeconds: 0 };
}
