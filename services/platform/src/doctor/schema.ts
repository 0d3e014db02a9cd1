import { type Migrations, type SchemaState, schemaState } from '../migrations/schema-state.ts';
import type { Queryable } from '../postgres.ts';
import { type Finding, failed, ok, warning } from './finding.ts';

/** Whether the tables are those that this version works with. */
export async function schemaFindings(db: Queryable, all: readonly Migrations[], service: string): Promise<Finding[]> {
  const states: SchemaState[] = [];
  for (const migrations of all) states.push(await schemaState(db, migrations));
  const problems = states.flatMap((state) => problem(state, service));
  const applied = states.reduce((sum, state) => sum + state.applied.length, 0);
  return problems.length > 0 ? problems : [ok('schema', `${applied} migrations applied, none pending`)];
}

function problem({ schema, pending, unknown, breaking }: SchemaState, service: string): Finding[] {
  if (breaking.length > 0) {
    const detail = `'${schema}' has ${breaking.join(', ')} of a newer version, which takes away what this one needs`;
    return [failed('schema', detail, `Start the version of ${service} that made it, or a newer one.`)];
  }
  if (pending.length > 0) {
    const fix = `Run \`millrace migrate\`, or \`migrate\` of ${service}, with the role that owns the schema.`;
    return [failed('schema', `'${schema}' lacks ${pending.join(', ')}`, fix)];
  }
  if (unknown.length === 0) return [];
  const detail = `'${schema}' has ${unknown.join(', ')} of a newer version; this one works with it`;
  return [warning('schema', detail, `Finish the upgrade of ${service}, if it is not on purpose.`)];
}
