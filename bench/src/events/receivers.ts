import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import { Arrivals } from './arrivals.ts';

type Arrived = readonly (readonly [receiver: number, id: string, comment: string, at: number])[];

export type Receivers = {
  readonly urls: readonly string[];
  /** Begins anew; counts, from then on, what each of those that live gets. */
  readonly alive: () => readonly Arrivals[];
};

/** HTTP receivers in a thread of their own, the last `dead` of which never answer. */
export async function startReceivers(count: number, dead: number, lifecycle: Lifecycle): Promise<Receivers> {
  const worker = new Worker(new URL('./receivers-thread.ts', import.meta.url), { workerData: { count, dead } });
  lifecycle.onClose('receivers', async () => void (await worker.terminate()));
  const [port] = (await once(worker, 'message')) as [number];
  let current: Arrivals[] = [];
  const alive = () => {
    current = Array.from({ length: count - dead }, () => new Arrivals());
    return current;
  };
  alive();
  worker.on('message', (arrived: Arrived) => {
    for (const [receiver, id, comment, at] of arrived) current[receiver]?.add(id, comment, at);
  });
  return { urls: Array.from({ length: count }, (_, i) => `http://127.0.0.1:${port}/${i}`), alive };
}
