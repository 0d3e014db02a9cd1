import type { MultipartUpload } from '@millrace/platform/object-store/object-store';
import type { Queryable } from '@millrace/platform/postgres';
import type { ArtifactPath } from '../domain/artifact-path.ts';

export type Upload = {
  readonly id: string;
  readonly workspace: string;
  readonly actor: string;
  readonly path: ArtifactPath;
  readonly key: string;
  /** null: the store has not named it yet. */
  readonly storeId: string | null;
  /** Its parts come one by one from a client; else one request of ours holds all of it. */
  readonly byClient: boolean;
  readonly secret: Buffer;
};

export type KnownUpload = Upload & { readonly state: 'open' | 'done' };

/** As the object store knows it. */
export const inStore = ({ id, key, storeId }: Upload & { storeId: string }): MultipartUpload => ({
  key,
  id: storeId,
  mark: id,
});

export const isNamed = <U extends Upload>(upload: U): upload is U & { storeId: string } => upload.storeId !== null;

type Row = {
  readonly upload_id: string;
  readonly workspace_id: string;
  readonly actor: string;
  readonly path: string;
  readonly object_key: string;
  readonly store_id: string | null;
  readonly by_client: boolean;
  readonly secret: Buffer;
  readonly state: 'open' | 'done';
};

const COLUMNS = 'upload_id, workspace_id, actor, path, object_key, store_id, by_client, secret, state';

const toUpload = (row: Row): KnownUpload => ({
  id: row.upload_id,
  workspace: row.workspace_id,
  actor: row.actor,
  path: row.path as ArtifactPath,
  key: row.object_key,
  storeId: row.store_id,
  byClient: row.by_client,
  secret: row.secret,
  state: row.state,
});

export async function insertUpload(db: Queryable, upload: Upload): Promise<void> {
  await db.query({
    name: 'insert_upload',
    text: `
      insert into artifacts.upload (upload_id, workspace_id, actor, path, object_key, store_id, by_client, secret)
      values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    values: [
      upload.id,
      upload.workspace,
      upload.actor,
      upload.path,
      upload.key,
      upload.storeId,
      upload.byClient,
      upload.secret,
    ],
  });
}

export async function findUpload(db: Queryable, id: string): Promise<KnownUpload | undefined> {
  const { rows } = await db.query<Row>({
    name: 'find_upload',
    text: `select ${COLUMNS} from artifacts.upload where upload_id = $1`,
    values: [id],
  });
  return rows[0] && toUpload(rows[0]);
}

export async function nameUpload(db: Queryable, id: string, storeId: string): Promise<void> {
  await db.query({
    name: 'name_upload',
    text: 'update artifacts.upload set store_id = $2, touched_at = now() where upload_id = $1',
    values: [id, storeId],
  });
}

/** Others that were begun for the same key, with those that the store was just asked to begin. */
export async function listOtherUploads(
  db: Queryable,
  { id, key }: Upload,
  youngSeconds: number,
): Promise<{ readonly storeId: string | null; readonly isYoung: boolean }[]> {
  const { rows } = await db.query<{ storeId: string | null; isYoung: boolean }>({
    name: 'list_other_uploads',
    text: `
      select store_id as "storeId", touched_at > now() - $3 * interval '1 s' as "isYoung"
      from artifacts.upload where object_key = $2 and upload_id <> $1`,
    values: [id, key, youngSeconds],
  });
  return rows;
}

/** It is still moving. */
export async function touchUpload(db: Queryable, id: string): Promise<void> {
  await db.query({
    name: 'touch_upload',
    text: `update artifacts.upload set touched_at = now() where upload_id = $1 and touched_at < now() - interval '30 s'`,
    values: [id],
  });
}

export async function deleteUpload(db: Queryable, id: string): Promise<void> {
  await db.query({
    name: 'delete_upload',
    text: 'delete from artifacts.upload where upload_id = $1',
    values: [id],
  });
}

/** How long nothing may have been heard of an upload, in seconds. */
export type Ages = { readonly byClientSeconds: number; readonly otherSeconds: number };

export async function listStaleUploads(
  db: Queryable,
  { byClientSeconds, otherSeconds }: Ages,
  limit: number,
): Promise<KnownUpload[]> {
  const { rows } = await db.query<Row>({
    name: 'list_stale_uploads',
    text: `
      select ${COLUMNS} from artifacts.upload
      where touched_at < now() - case when by_client or state = 'done' then $1::float8 else $2::float8 end * interval '1 s'
      order by touched_at limit $3`,
    values: [byClientSeconds, otherSeconds, limit],
  });
  return rows.map(toUpload);
}
