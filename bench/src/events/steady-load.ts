import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../load/connection.ts';

export type Steady = {
  readonly finished: number;
  /** Microseconds from when a request was due, so that one that had to wait for the one before counts with its waiting. */
  readonly latency: RecordableHistogram;
  readonly failures: ReadonlyMap<string, number>;
  readonly seconds: number;
};

/** An open loop: requests are due at `rate` per second whatever the server does, each lane sends one at a time. */
export async function steadyLoad(
  lanes: readonly (() => Promise<void>)[],
  { rate, seconds }: { readonly rate: number; readonly seconds: number },
): Promise<Steady> {
  const latency = createHistogram();
  const failures = new Map<string, number>();
  const begin = performance.now();
  const follow = async (send: () => Promise<void>, lane: number) => {
    for (let turn = 0; ; turn++) {
      const due = begin + ((turn * lanes.length + lane) / rate) * 1000;
      if (due >= begin + seconds * 1000) return;
      await sleep(Math.max(0, due - performance.now()));
      try {
        await send();
        latency.record(Math.max(1, Math.round((performance.now() - due) * 1000)));
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        failures.set(error.kind, (failures.get(error.kind) ?? 0) + 1);
      }
    }
  };
  await Promise.all(lanes.map(follow));
  return { finished: latency.count, latency, failures, seconds: (performance.now() - begin) / 1000 };
}
