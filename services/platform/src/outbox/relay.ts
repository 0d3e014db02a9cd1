import { setTimeout as sleep } from 'node:timers/promises';
import type { Lifecycle } from '../lifecycle.ts';
import type { Logger } from '../log.ts';
import { type Pool, transaction } from '../postgres.ts';
import { relayMetrics } from '../telemetry/relay-metrics.ts';
import { drain, type Outbox } from './drain.ts';
import { watchOutbox } from './outbox-state.ts';

export type RelayOptions = Outbox & { readonly pool: Pool };

const IDLE_MS = 500;
/** Between two looks while events keep coming: they gather, and a busy service does not pay for a transaction each. */
const GATHER_MS = 15;
const REFUSED_MS = 250;
const MAX_BACKOFF_MS = 10_000;

/**
 * Publishes a service's outbox for as long as the service lives. `wake` tells it that there is something new; without it the
 * relay looks twice a second, which also finds what other processes left behind.
 */
export function startRelay(options: RelayOptions, lifecycle: Lifecycle, log: Logger): { readonly wake: () => void } {
  const outbox = { ...options, metrics: relayMetrics(options.schema) };
  let alarm = new AbortController();
  let failures = 0;

  /** How long to wait before the next try. */
  const failed = (err: unknown) => {
    const retryInMs = Math.min(100 * 2 ** failures++, MAX_BACKOFF_MS);
    log.warn({ err, retryInMs }, 'events wait in the outbox: publishing failed');
    return retryInMs;
  };

  const loop = async () => {
    while (!lifecycle.stopping.aborted) {
      let waitMs = IDLE_MS;
      try {
        const { done, refused, more, failure } = await transaction(options.pool, (tx) => drain(tx, outbox, log));
        if (done > 0) waitMs = more ? 0 : GATHER_MS;
        if (refused > 0) waitMs = REFUSED_MS;
        if (failure === undefined) failures = 0;
        else waitMs = failed(failure);
      } catch (err) {
        waitMs = failed(err);
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
  watchOutbox(options.pool, options.schema, lifecycle, log);
  return {
    wake: () => {
      if (failures === 0) alarm.abort();
    },
  };
}
