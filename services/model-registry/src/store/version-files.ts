import type { Queryable } from '@millrace/platform/postgres';

export type VersionFiles = { readonly name: string; readonly version: number; readonly path: string };

/** Of directories, however their addresses are written, the form in which sources are compared. */
export async function listFilePaths(db: Queryable, uris: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ path: string }>({
    name: 'list_file_paths',
    text: 'select registry.file_path(u.uri) as path from unnest($1::text[]) as u (uri)',
    values: [uris],
  });
  return rows.map(({ path }) => path);
}

const PATH = `registry.file_path(coalesce(v.storage_location, v.source))`;
/** What the index has of it. */
const START = `left(${PATH}, 600) collate "C"`;
const LAST_CHARACTER = 'chr(1114111)';

/** Versions that are alive and whose files are exactly at `exact` or below one of the directories. */
export async function listVersionsOn(
  db: Queryable,
  workspace: string,
  { directories, exact }: { readonly directories: readonly string[]; readonly exact: readonly string[] },
  limit: number,
): Promise<VersionFiles[]> {
  const { rows } = await db.query<VersionFiles>({
    name: 'list_versions_on',
    text: `
      with found as (
        select v.model_id, v.version, ${PATH} as path
        from unnest($3::text[]) as e (path)
        join registry.model_version v on v.workspace_id = $1 and v.deleted_ms is null
          and ${START} = left(e.path, 600) and ${PATH} = e.path
        union
        select v.model_id, v.version, ${PATH} as path
        from unnest($2::text[]) as d (path)
        join registry.model_version v on v.workspace_id = $1 and v.deleted_ms is null
          and ${START} >= left(d.path, 600) and ${START} < left(d.path, 600) || ${LAST_CHARACTER}
          and starts_with(${PATH}, d.path || '/'))
      select m.name, f.version, f.path
      from found f join registry.registered_model m on m.workspace_id = $1 and m.model_id = f.model_id
      order by m.name, f.version limit $4`,
    values: [workspace, directories, exact, limit],
  });
  return rows;
}

export type LiveVersion = VersionFiles & { readonly workspace: string; readonly modelId: number };

/** Of all workspaces, from behind the place of `after`. */
export async function listLiveVersions(
  db: Queryable,
  after: Pick<LiveVersion, 'workspace' | 'modelId' | 'version'>,
  limit: number,
): Promise<LiveVersion[]> {
  const { rows } = await db.query<LiveVersion>(
    `select v.workspace_id as workspace, v.model_id as "modelId", m.name, v.version, ${PATH} as path
     from registry.model_version v join registry.registered_model m using (workspace_id, model_id)
     where v.deleted_ms is null and (v.workspace_id, v.model_id, v.version) > ($1, $2, $3)
     order by v.workspace_id, v.model_id, v.version limit $4`,
    [after.workspace, after.modelId, after.version, limit],
  );
  return rows;
}
