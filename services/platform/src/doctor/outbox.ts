import { outboxState } from '../outbox/outbox-state.ts';
import type { Queryable } from '../postgres.ts';
import { type Finding, failed, ok, warning } from './finding.ts';
import type { ServiceParts } from './service-parts.ts';

const LATE_MS = 30_000;
const STUCK_MS = 300_000;

/** Events that wait to be published, and those that were given up. */
export async function outboxFindings(db: Queryable, { schema, name, events }: ServiceParts): Promise<Finding[]> {
  if (!(await exists(db, `${schema}.outbox_dead`))) return []; // the schema has been found wanting
  const { waiting, oldestAgeMs, dead } = await outboxState(db, schema);
  const found = [...(await deadLetters(db))];
  if (dead > 0) {
    const fix = `See them at GET /api/1.0/outboxes/${name}/dead; then POST …/dead/replay or …/dead/discard.`;
    found.push(failed('outbox', `${dead} events could not be published and wait for a decision`, fix));
  }
  if (oldestAgeMs > LATE_MS) {
    const detail = `${waiting} events wait, the oldest for ${Math.round(oldestAgeMs / 1000)} s`;
    const way = events.driver === 'kafka' ? 'Kafka takes them' : 'the database of the event log takes them';
    const fix = `See that ${name} runs and that ${way}; its log says why it cannot publish.`;
    found.push((oldestAgeMs > STUCK_MS ? failed : warning)('outbox', detail, fix));
  }
  return found.length > 0 ? found : [ok('outbox', `${waiting} events wait, none is late or given up`)];
}

/** Of consumers that read the event log in this database. */
async function deadLetters(db: Queryable): Promise<Finding[]> {
  if (!(await exists(db, 'events.dead_letter'))) return [];
  const { rows } = await db.query<{ consumer: string; count: number }>(
    'select consumer, count(*)::int as count from events.dead_letter group by consumer order by consumer',
  );
  const fix = 'Read error and event in events.dead_letter, put right what they name, and delete the rows.';
  return rows.map(({ consumer, count }) =>
    warning('dead letters', `${count} events could not be handled by '${consumer}'`, fix),
  );
}

async function exists(db: Queryable, table: string): Promise<boolean> {
  const { rows } = await db.query<{ may: boolean | null }>(
    `select to_regclass($1) is not null and has_table_privilege(to_regclass($1)::oid, 'select') as may`,
    [table],
  );
  return rows[0]?.may === true;
}
