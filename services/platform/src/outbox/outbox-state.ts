import type { Lifecycle } from '../lifecycle.ts';
import type { Logger } from '../log.ts';
import type { Queryable } from '../postgres.ts';
import { askedGauges } from '../telemetry/metering.ts';

export type OutboxState = {
  readonly waiting: number;
  /** Of the event that has waited longest; 0 where none waits. */
  readonly oldestAgeMs: number;
  readonly dead: number;
};

export async function outboxState(db: Queryable, schema: string): Promise<OutboxState> {
  const { rows } = await db.query<OutboxState>(`
    select (select count(*) from ${schema}.outbox) as waiting,
      coalesce((
        select greatest(0, extract(epoch from clock_timestamp() - occurred_at) * 1000)::bigint
        from ${schema}.outbox order by id limit 1), 0) as "oldestAgeMs",
      (select count(*) from ${schema}.outbox_dead) as dead`);
  return rows[0] ?? { waiting: 0, oldestAgeMs: 0, dead: 0 };
}

const GAUGES = {
  millrace_outbox_rows: 'Events that wait to be published',
  millrace_outbox_oldest_age_seconds: 'How long the oldest of them has waited',
  millrace_outbox_dead_rows: 'Events that were given up, and those that wait behind them',
};

const LOOK_EVERY_MS = 60_000;
const TOO_OLD_MS = 60_000;

/** Says once a minute, and in metrics, when events wait too long or have been given up. */
export function watchOutbox(db: Queryable, schema: string, lifecycle: Lifecycle, log: Logger): void {
  const look = async () => {
    const state = await outboxState(db, schema);
    if (state.oldestAgeMs > TOO_OLD_MS) log.warn({ outbox: schema, ...state }, 'events wait in the outbox');
    if (state.dead > 0) log.error({ outbox: schema, ...state }, 'events were given up and wait for a decision');
  };
  const timer = setInterval(() => {
    look().catch((err: unknown) => log.warn({ err, outbox: schema }, 'the outbox cannot be looked at'));
  }, LOOK_EVERY_MS).unref();
  lifecycle.onClose('outbox watch', () => clearInterval(timer));
  askedGauges(GAUGES, { outbox: schema }, lifecycle, async () => {
    const { waiting, oldestAgeMs, dead } = await outboxState(db, schema);
    return {
      millrace_outbox_rows: waiting,
      millrace_outbox_oldest_age_seconds: oldestAgeMs / 1_000,
      millrace_outbox_dead_rows: dead,
    };
  });
}
