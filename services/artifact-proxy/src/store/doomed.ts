import type { Queryable } from '@millrace/platform/postgres';
import type { ArtifactPath } from '../domain/artifact-path.ts';

/** A directory that is to be freed. */
export type Doomed = {
  readonly key: string;
  readonly workspace: string;
  readonly path: ArtifactPath;
  readonly addresses: readonly string[];
  readonly tries: number;
};

export type NewlyDoomed = Omit<Doomed, 'tries'> & { readonly delaySeconds: number };

type Row = Omit<Doomed, 'path'> & { readonly path: string };

export async function insertDoomed(db: Queryable, doomed: NewlyDoomed): Promise<void> {
  await db.query({
    name: 'insert_doomed',
    text: `
      insert into artifacts.doomed (object_key, workspace_id, path, addresses, next_try)
      values ($1, $2, $3, $4, now() + $5 * interval '1 s')
      on conflict (object_key) do nothing`,
    values: [doomed.key, doomed.workspace, doomed.path, doomed.addresses, doomed.delaySeconds],
  });
}

/** The one that has waited longest, for whoever asks first; it comes again after the lease, unless something else is said. */
export async function takeDoomed(db: Queryable, leaseSeconds: number): Promise<Doomed | undefined> {
  const { rows } = await db.query<Row>({
    name: 'take_doomed',
    text: `
      update artifacts.doomed set tries = tries + 1, next_try = now() + $1 * interval '1 s'
      where object_key = (
        select object_key from artifacts.doomed where next_try <= now()
        order by next_try limit 1 for update skip locked)
      returning object_key as key, workspace_id as workspace, path, addresses, tries`,
    values: [leaseSeconds],
  });
  return rows[0] && { ...rows[0], path: rows[0].path as ArtifactPath };
}

/** Others that lie below this one and are looked after by themselves. */
export async function listDoomedBelow(db: Queryable, key: string, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ key: string }>({
    name: 'list_doomed_below',
    text: `
      select object_key as key from artifacts.doomed
      where object_key > $1 || '/' and object_key < $1 || '0' limit $2`,
    values: [key, limit],
  });
  return rows.map(({ key: found }) => found);
}

export async function postponeDoomed(db: Queryable, key: string, seconds: number): Promise<void> {
  await db.query({
    name: 'postpone_doomed',
    text: `update artifacts.doomed set next_try = now() + $2 * interval '1 s' where object_key = $1`,
    values: [key, seconds],
  });
}

export async function deleteDoomed(db: Queryable, key: string): Promise<void> {
  await db.query({
    name: 'delete_doomed',
    text: 'delete from artifacts.doomed where object_key = $1',
    values: [key],
  });
}
