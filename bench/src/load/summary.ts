import { createHistogram } from 'node:perf_hooks';
import type { Round } from './round.ts';

/** All rounds of one workload on one target. Null: not known. */
export type Summary = {
  readonly clients: number;
  /** Operations per second. */
  readonly rate: { readonly median: number; readonly min: number; readonly max: number };
  /** Milliseconds, over all rounds; null when nothing succeeded. */
  readonly latency: { readonly p50: number; readonly p95: number; readonly p99: number; readonly max: number } | null;
  readonly finished: number;
  readonly failures: Readonly<Record<string, number>>;
  /** CPU milliseconds per finished operation. */
  readonly serverCpuMs: number | null;
  readonly databaseCpuMs: number | null;
  readonly serverPeakMb: number | null;
  readonly serverRiseMb: number | null;
  readonly databaseMb: number | null;
  /** Share of one core; near 1, this program was the limit. */
  readonly clientCpu: number;
};

export function summarise(clients: number, rounds: readonly Round[]): Summary {
  const rates = rounds.map(({ rate }) => rate).sort((a, b) => a - b);
  const finished = sum(rounds.map((round) => round.finished));
  const perOperation = (values: readonly (number | null)[]) =>
    finished === 0 || values.includes(null) ? null : sum(values.map(Number)) / finished;
  return {
    clients,
    rate: { median: median(rates), min: rates.at(0) ?? 0, max: rates.at(-1) ?? 0 },
    latency: finished === 0 ? null : latency(rounds),
    finished,
    failures: added(rounds.map(({ failures }) => failures)),
    serverCpuMs: perOperation(rounds.map(({ serverCpuMs }) => serverCpuMs)),
    databaseCpuMs: perOperation(rounds.map(({ databaseCpuMs }) => databaseCpuMs)),
    serverPeakMb: most(rounds.map(({ serverPeakMb }) => serverPeakMb)),
    serverRiseMb: most(rounds.map(({ serverRiseMb }) => serverRiseMb)),
    databaseMb: most(rounds.map(({ databaseMb }) => databaseMb)),
    clientCpu: sum(rounds.map(({ clientCpu }) => clientCpu)) / rounds.length,
  };
}

function latency(rounds: readonly Round[]) {
  const all = createHistogram();
  for (const round of rounds) all.add(round.latency);
  const milliseconds = (share: number) => all.percentile(share) / 1000;
  return { p50: milliseconds(50), p95: milliseconds(95), p99: milliseconds(99), max: all.max / 1000 };
}

function median(sorted: readonly number[]): number {
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}

function added(all: readonly ReadonlyMap<string, number>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const failures of all) for (const [kind, count] of failures) total[kind] = (total[kind] ?? 0) + count;
  return total;
}

function most(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
