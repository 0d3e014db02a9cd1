import type { Result } from '../load/measure.ts';
import type { Summary } from '../load/summary.ts';
import { table } from './table.ts';

const HEAD = [
  'workload',
  'target',
  'per second',
  'spread',
  'p50 ms',
  'p95 ms',
  'p99 ms',
  'failed',
  'CPU ms: server',
  'database',
  'MB: server, database',
  'client CPU',
];

/** Every workload on every target. */
export function resultsTable(results: readonly Result[]): string {
  return table(
    HEAD,
    results.map((result) => [
      result.workload,
      result.target,
      ...('measured' in result ? cells(result.measured) : [`not run: ${result.skipped}`]),
    ]),
  );
}

function cells({ rate, latency, failures, clientCpu, ...used }: Summary): readonly string[] {
  return [
    figure(rate.median),
    `${figure(rate.min)}–${figure(rate.max)}`,
    figure(latency?.p50),
    figure(latency?.p95),
    figure(latency?.p99),
    failed(failures),
    figure(used.serverCpuMs),
    figure(used.databaseCpuMs),
    memory(used.serverPeakMb, used.databaseMb),
    `${Math.round(clientCpu * 100)} %`,
  ];
}

function memory(...parts: readonly (number | null)[]): string {
  return parts.map((megabytes) => (megabytes === null ? '–' : String(Math.round(megabytes)))).join(', ');
}

function failed(failures: Readonly<Record<string, number>>): string {
  const kinds = Object.entries(failures).map(([kind, count]) => `${count} × ${kind}`);
  return kinds.join(', ') || '0';
}

/** Three digits that count, without an exponent. */
export function figure(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}
