import type { Operator } from '@millrace/platform/search/filter';
import { condition, type Parameters } from '@millrace/platform/search/sql';

export type Attribute = 'name' | 'run_id' | 'source_path' | 'version_number';

/** A comparison whose parts have been found to fit each other. */
export type Condition =
  | { readonly on: 'tag'; readonly key: string; readonly operator: Operator; readonly value: string }
  | {
      readonly on: 'attribute';
      readonly key: Attribute;
      readonly operator: Operator;
      readonly value: string | number | readonly string[];
    };

export type Order<Key extends string> = { readonly key: Key; readonly ascending: boolean };

export type Query<Key extends string> = {
  readonly conditions: readonly Condition[];
  /** No key twice. */
  readonly orders: readonly Order<Key>[];
  readonly hidePrompts: boolean;
  readonly limit: number;
  readonly offset: number;
};

const COLUMNS: Readonly<Record<Attribute, string>> = {
  name: 'm.name',
  run_id: 'v.run_id',
  source_path: 'v.source',
  version_number: 'v.version',
};

/** `tagsOf` is `from … where …` of the tags `t` of whatever is searched. Only names from the list above become SQL text. */
export function conditionSql(wanted: Condition, tagsOf: string, parameters: Parameters): string {
  const value = parameters.add(wanted.value);
  if (wanted.on === 'tag') {
    const key = parameters.add(wanted.key);
    return `exists (select ${tagsOf} and t.key = ${key} and ${condition('t.value', wanted.operator, value)})`;
  }
  const column = COLUMNS[wanted.key];
  if (wanted.key === 'version_number') return condition(column, wanted.operator, `${value}::float8`);
  // the column's own collation knows letter case in ASCII only
  const folds = wanted.operator === 'ILIKE';
  return condition(folds ? `(${column} collate "default")` : column, wanted.operator, value);
}

/** The given keys, then those that make the order complete. */
export function orderSql<Key extends string>(
  columns: Readonly<Record<Key, string>>,
  orders: readonly Order<Key>[],
  last: readonly Order<Key>[],
): string {
  const given = orders.map(({ key }) => key);
  return [...orders, ...last.filter(({ key }) => !given.includes(key))]
    .map(({ key, ascending }) => `${columns[key]} ${ascending ? 'asc' : 'desc'}`)
    .join(', ');
}
