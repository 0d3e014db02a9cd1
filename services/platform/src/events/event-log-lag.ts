import type { Lifecycle } from '../lifecycle.ts';
import type { Pool } from '../postgres.ts';
import { askedGauges } from '../telemetry/metering.ts';

/** More are not counted: that it is far behind is all that matters then. */
const MOST = 100_000;

/** Tells how many events of the log a group has not handled yet. */
export function watchLogLag(pool: Pool, group: string, topic: string, lifecycle: Lifecycle): void {
  const names = { millrace_consumer_lag: 'Events of a partition that a group has not handled yet' };
  askedGauges(names, { topic, group, partition: '0' }, lifecycle, async () => {
    const { rows } = await pool.query<{ lag: number }>(
      `select count(*) as lag from (
         select from events.event_log where topic = $2 and position > (
           select position from events.consumer_offset where consumer = $1 and topic = $2)
         limit ${MOST}) as waiting`,
      [group, topic],
    );
    return { millrace_consumer_lag: rows[0]?.lag ?? 0 };
  });
}
