import { setTimeout as sleep } from 'node:timers/promises';
import type { EventPublisher } from '../events/cloud-event.ts';
import type { Lifecycle } from '../lifecycle.ts';
import type { Logger } from '../log.ts';
import { type Pool, type Queryable, transaction } from '../postgres.ts';
import { cloudEvent, type StoredEvent } from './stored-event.ts';

export type RelayOptions = {
  /** The schema whose outbox is emptied. */
  readonly schema: string;
  readonly topic: string;
  /** The last part of the events' `source`: `/workspaces/<workspace>/<service>`. */
  readonly service: string;
  readonly pool: Pool;
  readonly publisher: EventPublisher;
};

const BATCH = 500;
const IDLE_MS = 500;
/** Between two looks while events keep coming: they gather, and a busy service does not pay for a transaction each. */
const GATHER_MS = 15;
const MAX_BACKOFF_MS = 10_000;

/**
 * Publishes a service's outbox for as long as the service lives. `wake` tells it that there is something new; without it the
 * relay looks twice a second, which also finds what other processes left behind.
 */
export function startRelay(options: RelayOptions, lifecycle: Lifecycle, log: Logger): { readonly wake: () => void } {
  let alarm = new AbortController();
  let failures = 0;

  const loop = async () => {
    while (!lifecycle.stopping.aborted) {
      let waitMs = IDLE_MS;
      try {
        const published = await transaction(options.pool, (tx) => drain(tx, options));
        if (published > 0) waitMs = published === BATCH ? 0 : GATHER_MS;
        failures = 0;
      } catch (err) {
        waitMs = Math.min(100 * 2 ** failures++, MAX_BACKOFF_MS);
        log.warn({ err, retryInMs: waitMs }, 'events wait in the outbox: publishing failed');
      }
      if (await pause(waitMs)) await sleep(GATHER_MS);
    }
  };

  /** True when something woke it before the time was over. */
  const pause = async (ms: number): Promise<boolean> => {
    const signal = AbortSignal.any([alarm.signal, lifecycle.stopping]);
    await sleep(ms, undefined, { signal }).catch(() => {});
    const woken = alarm.signal.aborted;
    alarm = new AbortController();
    return woken;
  };

  const running = loop();
  lifecycle.onClose('outbox relay', () => running);
  return {
    wake: () => {
      if (failures === 0) alarm.abort();
    },
  };
}

/**
 * Publishes the oldest events, then deletes them; a crash in between publishes them again. The lock leaves one active relay
 * per outbox, which is what keeps each key in order. Deleting what was read, rather than reading on from the last id,
 * because ids are given before transactions commit: a cursor would pass by the late ones.
 */
async function drain(tx: Queryable, { schema, topic, service, publisher }: RelayOptions): Promise<number> {
  const { rows: locks } = await tx.query<{ ours: boolean }>({
    name: 'outbox_lock',
    text: `select pg_try_advisory_xact_lock(hashtextextended('millrace.outbox.' || $1, 0)) as ours`,
    values: [schema],
  });
  if (!locks[0]?.ours) return 0;
  const { rows } = await tx.query<StoredEvent>({
    name: `${schema}_outbox_oldest`,
    text: `
      select id, event_id, type, key, subject, workspace_id, data, traceparent, occurred_at
      from ${schema}.outbox order by id limit $1`,
    values: [BATCH],
  });
  if (rows.length === 0) return 0;
  await publisher.publish(
    topic,
    rows.map((row) => cloudEvent(row, service)),
  );
  await tx.query({
    name: `${schema}_outbox_delete`,
    text: `delete from ${schema}.outbox where id = any($1::bigint[])`,
    values: [rows.map((row) => row.id)],
  });
  return rows.length;
}
