import type { Queryable } from '@millrace/platform/postgres';
import type { Signature } from '../domain/contents.ts';
import type { ModelVersion } from '../domain/model.ts';
import { toVersion, VERSION_COLUMNS, type VersionRow } from './version-rows.ts';

export type DescribedVersion = {
  readonly version: ModelVersion;
  readonly signature: Signature;
  /** Something is still to be looked up. */
  readonly pending: boolean;
};

const NO_SIGNATURE: Signature = { inputs: '', outputs: '', params: '' };

export async function findDescribed(
  db: Queryable,
  workspace: string,
  name: string,
  version: number,
): Promise<DescribedVersion | undefined> {
  const { rows } = await db.query<VersionRow & { signature: string; pending: boolean }>({
    name: 'find_described_version',
    text: `
      select v.signature, v.lineage_pending or v.contents_pending as pending, ${VERSION_COLUMNS}
      from registry.registered_model m join registry.model_version v using (workspace_id, model_id)
      where m.workspace_id = $1 and m.name = $2 and v.version = $3::bigint and v.deleted_ms is null`,
    values: [workspace, name, version],
  });
  const [row] = rows;
  if (!row) return undefined;
  const signature = row.signature === '' ? NO_SIGNATURE : (JSON.parse(row.signature) as Signature);
  return { version: toVersion(row), signature, pending: row.pending };
}
