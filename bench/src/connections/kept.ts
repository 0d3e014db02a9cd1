import { createHistogram } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { readMemory } from '../processes/process-table.ts';
import { openRaw, type RawConnection } from './raw-connection.ts';

export type KeptResult = {
  readonly connections: number;
  readonly openedInSeconds: number;
  readonly kilobytesEach: number;
  readonly idleMb: number;
  readonly activeMb: number;
  readonly active: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Requests of the connection that got fewest answers, and of the one that got most. */
  readonly fewest: number;
  readonly most: number;
  readonly refused: number;
  readonly lost: number;
};

const WAVE = 250;
const ACTIVE_SHARE = 0.2;
const PAUSE_MS = 1_000;
const SETTLE_MS = 2_000;

/** Opens so many connections and keeps them; a fifth of them log a point every second. */
export async function keepConnections(
  url: URL,
  pid: number,
  connections: number,
  seconds: number,
  point: (client: number, step: number) => string,
): Promise<KeptResult> {
  const before = residentMb(pid);
  const start = performance.now();
  const kept = await openAll(url, connections);
  const openedInSeconds = (performance.now() - start) / 1000;
  await sleep(SETTLE_MS);
  const idleMb = residentMb(pid);
  const active = kept.slice(0, connections * ACTIVE_SHARE);
  const load = await play(active, seconds, point);
  const result = {
    connections,
    openedInSeconds,
    kilobytesEach: ((idleMb - before) * 1024) / connections,
    idleMb,
    activeMb: residentMb(pid),
    active: active.length,
    ...load,
    lost: kept.filter(({ isOpen }) => !isOpen()).length,
  };
  for (const { socket } of kept) socket.destroy();
  await sleep(SETTLE_MS);
  return result;
}

async function openAll(url: URL, count: number): Promise<readonly RawConnection[]> {
  const all: RawConnection[] = [];
  while (all.length < count) {
    const wave = Array.from({ length: Math.min(WAVE, count - all.length) }, () => openRaw(url));
    const opened = await Promise.all(wave);
    await Promise.all(opened.map(({ ask }) => ask('/version')));
    all.push(...opened);
  }
  return all;
}

async function play(
  active: readonly RawConnection[],
  seconds: number,
  point: (client: number, step: number) => string,
) {
  const latency = createHistogram();
  const answers = active.map(() => 0);
  let refused = 0;
  const begin = performance.now();
  const end = begin + seconds * 1000;
  await Promise.all(
    active.map(async ({ ask, isOpen }, client) => {
      await sleep((PAUSE_MS * client) / active.length);
      for (let step = 0; performance.now() < end && isOpen(); step++) {
        const started = performance.now();
        const status = await ask('/api/2.0/mlflow/runs/log-metric', point(client, step)).catch(() => 0);
        if (status === 200) {
          latency.record(Math.max(1, Math.round((performance.now() - started) * 1000)));
          answers[client] = (answers[client] ?? 0) + 1;
        } else if (status !== 0) refused++;
        await sleep(PAUSE_MS);
      }
    }),
  );
  return {
    perSecond: latency.count / ((performance.now() - begin) / 1000),
    p50: latency.percentile(50) / 1000,
    p99: latency.percentile(99) / 1000,
    fewest: Math.min(...answers),
    most: Math.max(...answers),
    refused,
  };
}

export function residentMb(pid: number): number {
  return (readMemory(pid).get('VmRSS') ?? 0) / 1024;
}
