import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Files } from '../files/files.ts';
import { forgetPeaks, readUsage, untilQuiet } from '../processes/usage.ts';
import { type Connection, connect, Failure } from './connection.ts';
import type { Operation } from './operation.ts';

export type Target = {
  readonly name: string;
  readonly url: string;
  /** Its processes and its PostgreSQL's, without their children; empty: unknown, and not measured. */
  readonly pids: readonly number[];
  /** How one client moves files, where that is not by MLflow's API: then nothing else is asked of it. */
  readonly files?: () => Files;
};

export type Round = {
  /** Operations finished per second. */
  readonly rate: number;
  readonly finished: number;
  /** Microseconds. */
  readonly latency: RecordableHistogram;
  /** How many operations ended in which failure. */
  readonly failures: ReadonlyMap<string, number>;
  /** Share of one core that this program used. */
  readonly clientCpu: number;
  /** Null where processes are unknown, or no PostgreSQL is among them. */
  readonly serverCpuMs: number | null;
  readonly databaseCpuMs: number | null;
  readonly serverPeakMb: number | null;
  /** How far its peak was above what it had when the round began. */
  readonly serverRiseMb: number | null;
  readonly databaseMb: number | null;
};

/**
 * A closed loop: every client does its next operation when the last one is answered. Nothing begins after `seconds`; what
 * has begun is waited for.
 */
export async function playRound(
  { url, pids }: Target,
  operations: readonly Operation[],
  { seconds, timeoutMs }: { readonly seconds: number; readonly timeoutMs: number },
): Promise<Round> {
  const connections = operations.map(() => connect(url, timeoutMs));
  await Promise.all(connections.map(establish));
  forgetPeaks(pids);
  const before = readUsage(pids);
  const load = await play(connections, operations, seconds);
  const memory = readUsage(pids);
  await Promise.all(connections.map(({ close }) => close()));
  await untilQuiet(pids);
  const after = readUsage(pids);
  const used = (part: 'server' | 'database') =>
    before?.[part] && after?.[part] ? after[part].cpuMs - before[part].cpuMs : null;
  return {
    ...load,
    serverCpuMs: used('server'),
    databaseCpuMs: used('database'),
    serverPeakMb: after?.server.memoryMb ?? null,
    serverRiseMb: before && after ? after.server.memoryMb - before.server.memoryMb : null,
    databaseMb: memory?.database?.memoryMb ?? null,
  };
}

/** Opening a connection is not what is measured. */
async function establish({ send }: Connection): Promise<void> {
  await send('/health').catch(() => {});
}

async function play(connections: readonly Connection[], operations: readonly Operation[], seconds: number) {
  const latency = createHistogram();
  const failures = new Map<string, number>();
  const begin = performance.now();
  const cpu = process.cpuUsage();
  const clients = operations.map(async (operation, i) => {
    const { send } = connections[i] as Connection;
    let [finished, now] = [0, begin];
    while (now < begin + seconds * 1000) {
      const started = now;
      try {
        await operation(send);
        now = performance.now();
        latency.record(Math.max(1, Math.round((now - started) * 1000)));
        finished++;
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        now = performance.now();
        failures.set(error.kind, (failures.get(error.kind) ?? 0) + 1);
      }
    }
    // until the client's own last answer: one that waits long for it does not make the others look slow
    return { finished, rate: finished / ((now - begin) / 1000) };
  });
  const done = await Promise.all(clients);
  const { user, system } = process.cpuUsage(cpu);
  return {
    rate: done.reduce((sum, { rate }) => sum + rate, 0),
    finished: done.reduce((sum, { finished }) => sum + finished, 0),
    latency,
    failures,
    clientCpu: (user + system) / 1000 / (performance.now() - begin),
  };
}
