import type { Queryable } from '@millrace/platform/postgres';
import { Parameters } from '@millrace/platform/search/sql';
import type { RegisteredModel } from '../domain/model.ts';
import { type ModelRow, modelColumns, toModel } from './model-rows.ts';
import { type Page, readPage } from './page.ts';
import { conditionSql, orderSql, type Query } from './search.ts';
import type { Stage } from './stages.ts';

export type ModelOrder = 'name' | 'timestamp';

const ORDER: Readonly<Record<ModelOrder, string>> = { name: 'm.name', timestamp: 'm.updated_ms' };

const TAGS_OF_MODEL = `from registry.registered_model_tag t
  where t.workspace_id = m.workspace_id and t.model_id = m.model_id`;

/** Ordered by name where the query says nothing else. */
export async function listModels(
  db: Queryable,
  workspace: string,
  query: Query<ModelOrder>,
  stages: readonly Stage[],
): Promise<Page<RegisteredModel>> {
  const parameters = new Parameters();
  const where = [
    `m.workspace_id = ${parameters.add(workspace)}`,
    ...query.conditions.map((wanted) => conditionSql(wanted, TAGS_OF_MODEL, parameters)),
    ...(query.hidePrompts
      ? [`not exists (select ${TAGS_OF_MODEL} and t.key = 'mlflow.prompt.is_prompt' and t.value = 'true')`]
      : []),
  ];
  const select = `
    select f.*, octet_length(f.description) + octet_length(f.tags::text) + octet_length(f.latest::text) as bytes
    from (
      select ${modelColumns(`${parameters.add(stages)}::text[]`)} from registry.registered_model m
      where ${where.join(' and ')}
      order by ${orderSql(ORDER, query.orders, [{ key: 'name', ascending: true }])}
      limit ${parameters.add(query.limit + 1)} offset ${parameters.add(query.offset)}
    ) as f`;
  const { items, more } = await readPage<ModelRow>(db, select, parameters.values, query.limit);
  return { items: items.map(toModel), more };
}
