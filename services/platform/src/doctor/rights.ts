import type { Queryable } from '../postgres.ts';
import { type Finding, failed, ok, warning } from './finding.ts';
import type { ServiceParts } from './service-parts.ts';

type Rights = {
  readonly role: string;
  readonly superuser: boolean;
  /** Null where there is no schema. */
  readonly use: boolean | null;
  readonly make: boolean | null;
  readonly make_schema: boolean;
};

/** What the role of the service may do in its schema, and whether it may do more than it needs. */
export async function rightsFindings(db: Queryable, { schema, database }: ServiceParts): Promise<readonly Finding[]> {
  const { rows } = await db.query<Rights>(
    `select current_user as role, coalesce((select rolsuper from pg_roles where rolname = current_user), false) as superuser,
       has_schema_privilege(to_regnamespace($1)::oid, 'usage') as use,
       has_schema_privilege(to_regnamespace($1)::oid, 'create') as make,
       has_database_privilege(current_database(), 'create') as make_schema`,
    [schema],
  );
  const [rights] = rows;
  if (!rights) return [];
  const { role } = rights;
  const found = rights.use === null ? noSchema(rights, schema) : schemaRights(rights, schema, database.migrate);
  if (rights.use) found.push(...(await tableRights(db, schema, role)));
  if (rights.superuser) {
    const fix = `Give each service a role of its own: create role ${schema} login; grant all on schema ${schema} to it.`;
    found.push(warning('rights', `the role '${role}' is a superuser`, fix));
  }
  return found.length > 0 ? found : [ok('rights', `the role '${role}' may do what it needs, and is no superuser`)];
}

function noSchema({ role, make_schema }: Rights, schema: string): Finding[] {
  if (make_schema) return [];
  const fix = `As a superuser: create schema ${schema} authorization "${role}"`;
  return [failed('rights', `there is no schema '${schema}', and the role '${role}' may not create it`, fix)];
}

function schemaRights({ role, use, make }: Rights, schema: string, migrates: boolean): Finding[] {
  const fix = `As the owner: grant all on schema ${schema} to "${role}"`;
  if (!use) return [failed('rights', `the role '${role}' may not use the schema '${schema}'`, fix)];
  if (make || !migrates) return [];
  const detail = `the role '${role}' may not create tables in '${schema}', but is to migrate it (DATABASE_MIGRATE)`;
  return [failed('rights', detail, `${fix}; or set DATABASE_MIGRATE=false and migrate with the role of the owner.`)];
}

async function tableRights(db: Queryable, schema: string, role: string): Promise<Finding[]> {
  const { rows } = await db.query<{ name: string }>(
    `select relname as name from pg_class
     where relnamespace = to_regnamespace($1) and relkind in ('r', 'p')
       and not (has_table_privilege(oid, 'select') and has_table_privilege(oid, 'insert')
         and has_table_privilege(oid, 'update') and has_table_privilege(oid, 'delete'))
     order by relname`,
    [schema],
  );
  if (rows.length === 0) return [];
  const names = rows.map(({ name }) => `${schema}.${name}`).join(', ');
  const fix = `As the owner: grant select, insert, update, delete on all tables in schema ${schema} to "${role}"`;
  return [failed('rights', `the role '${role}' may not read and write ${names}`, fix)];
}
