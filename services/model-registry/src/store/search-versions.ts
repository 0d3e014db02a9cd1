import type { Queryable } from '@millrace/platform/postgres';
import { Parameters } from '@millrace/platform/search/sql';
import type { ModelVersion } from '../domain/model.ts';
import { type Page, readPage } from './page.ts';
import { conditionSql, type Order, orderSql, type Query } from './search.ts';
import { toVersion, VERSION_COLUMNS, type VersionRow } from './version-rows.ts';

export type VersionOrder = 'name' | 'version_number' | 'creation_timestamp' | 'last_updated_timestamp';

const ORDER: Readonly<Record<VersionOrder, string>> = {
  name: 'm.name',
  version_number: 'v.version',
  creation_timestamp: 'v.created_ms',
  last_updated_timestamp: 'v.updated_ms',
};
const NEWEST_FIRST: readonly Order<VersionOrder>[] = [{ key: 'last_updated_timestamp', ascending: false }];
const LAST: readonly Order<VersionOrder>[] = [
  { key: 'name', ascending: true },
  { key: 'version_number', ascending: false },
];

const TAGS_OF_VERSION = `from registry.model_version_tag t
  where t.workspace_id = v.workspace_id and t.model_id = v.model_id and t.version = v.version`;

/** One prompt among its versions hides all versions of a model. */
const NO_PROMPT = `not exists (select from registry.model_version_tag t
  where t.workspace_id = v.workspace_id and t.model_id = v.model_id
    and t.key = 'mlflow.prompt.is_prompt' and t.value = 'true')`;

/** Without aliases; last changed first where the query says nothing else. */
export async function listVersions(
  db: Queryable,
  workspace: string,
  query: Query<VersionOrder>,
): Promise<Page<ModelVersion>> {
  const parameters = new Parameters();
  const orders = query.orders.length > 0 ? query.orders : NEWEST_FIRST;
  const where = [
    `v.workspace_id = ${parameters.add(workspace)} and v.deleted_ms is null`,
    ...query.conditions.map((wanted) => conditionSql(wanted, TAGS_OF_VERSION, parameters)),
    ...(query.hidePrompts ? [NO_PROMPT] : []),
  ];
  const select = `
    select f.*, octet_length(f.source) + octet_length(coalesce(f.description, '')) + octet_length(f.tags::text)
      + octet_length(f.run_id) + octet_length(f.run_link) + octet_length(f.datasets) + 300 as bytes
    from (
      select ${VERSION_COLUMNS}
      from registry.model_version v join registry.registered_model m using (workspace_id, model_id)
      where ${where.join(' and ')}
      order by ${orderSql(ORDER, orders, LAST)}
      limit ${parameters.add(query.limit + 1)} offset ${parameters.add(query.offset)}
    ) as f`;
  const { items, more } = await readPage<VersionRow>(db, select, parameters.values, query.limit);
  return { items: items.map(toVersion), more };
}
