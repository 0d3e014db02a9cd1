import { readdir } from 'node:fs/promises';
import type { Queryable } from '../postgres.ts';
import { breaking } from './compatibility.ts';

/** Plain `.sql` files of one folder, applied in the order of their names to one schema. */
export type Migrations = { readonly schema: string; readonly table: string; readonly folder: URL };

/** Names of migrations, in their order. */
export type SchemaState = {
  readonly schema: string;
  readonly applied: readonly string[];
  /** Known to this version, and not applied yet. */
  readonly pending: readonly string[];
  /** Applied by a newer version. */
  readonly unknown: readonly string[];
  /** Those of the unknown that this version cannot work with. */
  readonly breaking: readonly string[];
};

/** Changes nothing; a schema that is not there has everything pending. */
export async function schemaState(db: Queryable, { schema, table, folder }: Migrations): Promise<SchemaState> {
  const known = await fileNames(folder);
  const applied = await appliedNames(db, schema, table);
  const unknown = applied.filter((name) => !known.includes(name));
  const pending = known.filter((name) => !applied.includes(name));
  return { schema, applied, pending, unknown, breaking: breaking(unknown, known) };
}

async function fileNames(folder: URL): Promise<string[]> {
  const files = await readdir(folder);
  return files
    .filter((file) => file.endsWith('.sql'))
    .map((file) => file.slice(0, -'.sql'.length))
    .sort();
}

async function appliedNames(db: Queryable, schema: string, table: string): Promise<string[]> {
  const { rows: known } = await db.query<{ found: boolean }>('select to_regclass($1) is not null as found', [
    `${schema}.${table}`,
  ]);
  if (!known[0]?.found) return [];
  const { rows } = await db.query<{ name: string }>(`select name from ${schema}.${table} order by run_on, id`);
  return rows.map(({ name }) => name);
}
